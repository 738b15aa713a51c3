{#
    One row per date and pair of the most used products that any user deals with both of, and each with itself: the sums of
    products of affinities that the regression of products on products is fitted from. Units: hundredths, squared. Pairs of a
    single user count too: without them the sums would be those of no table of users at all, and could not be solved.
#}

with

user_products as (

    select
        affinities.as_of_date,
        affinities.user_number,
        affinities.product_number,
        lengths.length_rank,
        affinities.affinity
    from {{ ref('int_seg__user_product_affinities') }} as affinities
    inner join {{ ref('int_seg__product_lengths') }} as lengths
        on
            affinities.as_of_date = lengths.as_of_date
            and affinities.product_number = lengths.product_number
    where
        affinities.is_teaching
        and affinities.affinity > 0
        and affinities.affinity_rank <= {{ var('seg__max_regression_products_per_user') }}
        and lengths.length_rank <= {{ var('seg__max_regression_products') }}

)

select
    products.as_of_date,
    products.length_rank,
    others.length_rank as other_length_rank,
    products.product_number,
    others.product_number as other_product_number,
    cast(sum(products.affinity * others.affinity) as bigint) as shared_affinity,
    count(*) as user_count
from user_products as products
inner join user_products as others
    on
        products.as_of_date = others.as_of_date
        and products.user_number = others.user_number
        and products.length_rank <= others.length_rank
group by
    products.as_of_date, products.length_rank, others.length_rank, products.product_number, others.product_number
