{#
    One row per sampled product and dimension, where components of embeddings are due: the embedding at length 1. At
    most a million values, of products picked by md5.
#}

{% set max_values = 1000000 %}

with

lengths as (

    select
        product_id,
        max(dimension) as dimension_count,
        sqrt({{ exact_sum('value * value') }}) as length
    from {{ ref('int_seg__product_embeddings') }}
    group by product_id

),

ranked as (

    select
        lengths.product_id,
        lengths.dimension_count,
        lengths.length,
        row_number() over (
            order by {{ md5_bucket('lengths.product_id', 2147483648) }}, lengths.product_id
        ) as place
    from lengths
    inner join {{ ref('int_seg__content_decisions') }} as decisions
        on decisions.modality = 'embedding' and decisions.is_due
    where lengths.length > 0

)

select
    embeddings.product_id,
    embeddings.dimension,
    embeddings.value / ranked.length as value
from {{ ref('int_seg__product_embeddings') }} as embeddings
inner join ranked
    on embeddings.product_id = ranked.product_id
where ranked.place * ranked.dimension_count <= {{ max_values }}
