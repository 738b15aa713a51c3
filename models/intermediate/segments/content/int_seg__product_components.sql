{# One row per product with an embedding: its embedding, at length 1, along each component. #}

select
    embeddings.product_id,
    {% for number in range(1, content_component_count('embedding') + 1) %}
    {{ exact_sum(
        'case when components.component_number = ' ~ number ~ ' then embeddings.value * components.loading end'
    ) }} as embedding_{{ number }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('int_seg__product_embeddings') }} as embeddings
inner join {{ ref('int_seg__content_components') }} as components
    on
        components.modality = 'embedding'
        and cast(embeddings.dimension as string) = components.item_name
group by embeddings.product_id
