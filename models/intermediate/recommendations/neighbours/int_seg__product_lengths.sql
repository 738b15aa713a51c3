{#
    One row per date and product that users deal with: the sum of their squared affinities, how many they are, and the
    product's place by it, by which the regression of products on products is bounded.
#}

with

summed as (

    select
        as_of_date,
        product_number,
        cast(sum(affinity * affinity) as bigint) as squared_affinity,
        count(*) as user_count
    from {{ ref('int_seg__user_product_affinities') }}
    where
        is_teaching
        and affinity > 0
        and affinity_rank <= {{ var('seg__max_products_per_user') }}
    group by as_of_date, product_number

)

select
    *,
    sqrt(cast(squared_affinity as double)) as length,
    row_number() over (partition by as_of_date order by user_count desc, product_number asc) as length_rank
from summed
