{#
    One row per history group and whether recommendations may be drawn from what the user did: the weights by which the lists
    of today are scored. A single strategy that serves is a blend of its own strength alone.
#}
{{ config(materialized='view_in_place') }}

{% set repeats_allowed = var('seg__recommend_repeats') %}

with

-- Nothing measured yet: the blend serves.
champions as (

    select coalesce(max(strategy), 'personal') as champion
    from {{ ref('seg__recommendation_metrics') }}
    where
        is_champion
        and repeats_allowed = {{ repeats_allowed }}
        and metric_name = 'ndcg'
        and k = 10
        and user_group = 'all'

),

personalised as (

    select true as is_personalised
    union all
    select false as is_personalised

)

select
    blends.history_group,
    personalised.is_personalised,
    not personalised.is_personalised or champions.champion = 'popular' as is_by_popularity,
    {% for strength in recommendation_strengths() %}
    cast(case
        when not personalised.is_personalised then {{ 1 if strength == 'popular' else 0 }}
        when champions.champion = 'personal' then blends.{{ strength }}_weight
        {% for strategy, of_strategy in recommendation_strategies().items() if of_strategy == strength %}
        when champions.champion = '{{ strategy }}' then 1
        {% endfor %}
        else 0
    end as double) as {{ strength }}_weight{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('int_seg__recommendation_blends') }} as blends
cross join champions
cross join personalised
where blends.repeats_allowed = {{ repeats_allowed }}
