{#
    One row per date and pair of products that enough users deal with both of: what their affinities have in common. What
    similar products and the regression of products on products are made from.
#}

with

-- A user's strongest products only: a thousand products would be half a million pairs.
user_products as (

    select
        as_of_date,
        user_number,
        product_number,
        affinity
    from {{ ref('int_seg__user_product_affinities') }}
    where
        is_teaching
        and affinity > 0
        and affinity_rank <= {{ var('seg__max_products_per_user') }}

)

select
    products.as_of_date,
    products.product_number,
    others.product_number as other_product_number,
    cast(sum(products.affinity * others.affinity) as bigint) as shared_affinity,
    count(*) as shared_user_count
from user_products as products
inner join user_products as others
    on
        products.as_of_date = others.as_of_date
        and products.user_number = others.user_number
        and products.product_number < others.product_number
group by products.as_of_date, products.product_number, others.product_number
-- One user is an accident, and such pairs are most of all pairs.
having count(*) >= {{ var('seg__minimum_shared_users') }}
