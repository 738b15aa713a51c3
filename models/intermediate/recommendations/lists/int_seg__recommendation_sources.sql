{#
    One row per user and product at the scoring date that is recommended for being near to another: which of the user's own
    products speaks most for it. What was sent back or rated low tells of the user's taste (without it lists get worse), but
    nobody wants to hear of it.
#}
{{ config(materialized='kept_in_realtime') }}

with

user_products as (

    select * from {{ of_run('int_seg__user_product_affinities') }}
    where split = 'scoring' and is_served and affinity > 0 and not is_disliked

),

found as (

    {% for strategy, lookup in neighbour_lookups().items() %}
    select
        recommendations.user_number,
        recommendations.product_number,
        user_products.product_number as because_product_number,
        user_products.affinity * cast(round(neighbours.{{ lookup.strength }} * 100000) as bigint) as weight
    from {{ of_run('int_seg__recommendations_ranked') }} as recommendations
    inner join user_products
        on recommendations.user_number = user_products.user_number
    inner join {{ lookup.neighbours }} as neighbours
        on
            {{ stored_date('user_products.as_of_date') }} = neighbours.as_of_date
            and user_products.product_number = neighbours.product_number
            and recommendations.product_number = neighbours.{{ lookup.to_product }}
    where recommendations.strategy = '{{ strategy }}' and {{ lookup.sources }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

ranked as (

    select
        *,
        row_number() over (
            partition by user_number, product_number
            order by {{ one_sort_key(['-1 * weight', 'because_product_number']) }}
        ) as source_rank
    from found

)

select
    user_number,
    product_number,
    because_product_number
from ranked
where source_rank = 1
