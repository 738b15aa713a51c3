-- Nobody is its own neighbour, none is sold out, and places have no gaps.
select
    neighbours.as_of_date,
    neighbours.product_number,
    neighbours.similar_product_number
from (
    select
        *,
        count(*) over (partition by as_of_date, product_number) as neighbour_count,
        max(similarity_rank) over (partition by as_of_date, product_number) as last_rank
    from {{ ref('int_seg__similar_products_by_content') }}
) as neighbours
left join {{ ref('int_seg__recommendable_products') }} as products
    on
        neighbours.as_of_date = products.as_of_date
        and neighbours.similar_product_number = products.product_number
where
    neighbours.product_number = neighbours.similar_product_number
    or not coalesce(products.is_eligible, false)
    or neighbours.last_rank <> neighbours.neighbour_count
    or neighbours.last_rank > {{ var('seg__similar_content_count') }}
