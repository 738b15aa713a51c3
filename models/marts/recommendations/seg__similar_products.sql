{# One row per product, method and one of the products most similar to it that may be recommended. #}

with

neighbours as (

    select
        as_of_date,
        product_number,
        similar_product_number,
        'behaviour' as method,
        similarity,
        similarity_rank,
        shared_user_count
    from {{ ref('int_seg__similar_products') }}

    union all

    select
        as_of_date,
        product_number,
        regression_product_number as similar_product_number,
        'regression' as method,
        least(strength, 1) as similarity,
        regression_rank as similarity_rank,
        cast(null as bigint) as shared_user_count
    from {{ ref('int_seg__regression_products') }}
    where strength > 0 and regression_rank <= {{ var('seg__similar_product_count') }}

    union all

    select
        as_of_date,
        product_number,
        next_product_number as similar_product_number,
        'next' as method,
        least(strength, 1) as similarity,
        next_rank as similarity_rank,
        user_count as shared_user_count
    from {{ ref('int_seg__next_products') }}

    union all

    select
        as_of_date,
        product_number,
        similar_product_number,
        'content' as method,
        similarity,
        similarity_rank,
        cast(null as bigint) as shared_user_count
    from {{ ref('int_seg__similar_products_by_content') }}

),

products as (

    select * from {{ ref('int_seg__recommendable_products') }}
    where split = 'scoring'

)

select
    products.product_id,
    similar_products.product_id as similar_product_id,
    neighbours.as_of_date,
    cast(neighbours.method as string) as method,
    cast(products.product_name as string) as product_name,
    cast(similar_products.product_name as string) as similar_product_name,
    cast(neighbours.similarity as double) as similarity,
    cast(neighbours.similarity_rank as bigint) as similarity_rank,
    cast(neighbours.shared_user_count as bigint) as shared_user_count
from neighbours
inner join products
    on
        neighbours.as_of_date = products.as_of_date
        and neighbours.product_number = products.product_number
inner join products as similar_products
    on
        neighbours.as_of_date = similar_products.as_of_date
        and neighbours.similar_product_number = similar_products.product_number
