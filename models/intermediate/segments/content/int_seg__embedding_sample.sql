{#
    One row per sampled product and dimension, where components of embeddings are due: the embedding at length 1. At
    most a million values, of products picked by md5.
#}

{% set max_values = 1000000 %}

with

products as (

    select
        product_id,
        max(dimension) as dimension_count
    from {{ ref('int_seg__product_embeddings') }}
    group by product_id

),

ranked as (

    select
        products.product_id,
        products.dimension_count,
        row_number() over (
            order by {{ md5_bucket('products.product_id', 2147483648) }}, products.product_id
        ) as place
    from products
    inner join {{ ref('int_seg__content_decisions') }} as decisions
        on decisions.modality = 'embedding' and decisions.is_due

)

select
    embeddings.product_id,
    embeddings.dimension,
    embeddings.value
from {{ ref('int_seg__product_embeddings') }} as embeddings
inner join ranked
    on embeddings.product_id = ranked.product_id
where ranked.place * ranked.dimension_count <= {{ max_values }}
