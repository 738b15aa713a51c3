{#
    One row per product and dimension of its embedding, at length 1. An embedding of zeros points nowhere and has no rows.
#}

with

elements as (

    {{ array_elements(ref('int_seg__products_kept'), 'product_id', 'embedding') }}

),

scales as (

    select
        product_id,
        max(abs(value)) as largest_value
    from elements
    group by product_id

),

{# Squares are summed in units of the largest value, where eight decimals are plenty. #}
lengths as (

    select
        elements.product_id,
        max(scales.largest_value) as largest_value,
        sqrt({{ exact_sum(
            '(elements.value / scales.largest_value) * (elements.value / scales.largest_value)'
        ) }}) as length
    from elements
    inner join scales
        on elements.product_id = scales.product_id
    where scales.largest_value > 0
    group by elements.product_id

)

select
    elements.product_id,
    elements.dimension,
    elements.value / lengths.largest_value / lengths.length as value
from elements
inner join lengths
    on elements.product_id = lengths.product_id
