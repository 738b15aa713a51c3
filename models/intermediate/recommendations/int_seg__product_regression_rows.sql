{#
    One row per date and pair of the most used products (and each with itself): the sums of products of affinities that
    the regression of products on products is fitted from. Units: hundredths, squared.
#}

with

products as (

    select
        as_of_date,
        product_number,
        squared_affinity,
        user_count,
        length_rank
    from {{ ref('int_seg__product_lengths') }}
    where length_rank <= {{ var('seg__max_regression_products') }}

)

select
    pairs.as_of_date,
    products.length_rank,
    others.length_rank as other_length_rank,
    pairs.product_number,
    pairs.other_product_number,
    pairs.shared_affinity,
    pairs.shared_user_count as user_count
from {{ ref('int_seg__product_pairs') }} as pairs
inner join products
    on
        pairs.as_of_date = products.as_of_date
        and pairs.product_number = products.product_number
inner join products as others
    on
        pairs.as_of_date = others.as_of_date
        and pairs.other_product_number = others.product_number

union all

select
    as_of_date,
    length_rank,
    length_rank as other_length_rank,
    product_number,
    product_number as other_product_number,
    squared_affinity as shared_affinity,
    user_count
from products
