{# One row per whether repeats are allowed, history group and strength: what the blend of recommendations weighs, and how well. #}

{% set told = 'weights.user_count >= ' ~ var('seg__minimum_group_size') %}

with

served as (

    {% for strength in recommendation_strengths() %}
    select
        repeats_allowed,
        history_group,
        '{{ strength }}' as strength_name,
        {{ strength }}_weight as weight
    from {{ ref('int_seg__recommendation_blends') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

as_of_dates as (

    select as_of_date
    from {{ ref('int_seg__as_of_dates') }}
    where split = 'scoring'

)

select
    as_of_dates.as_of_date,
    served.repeats_allowed,
    cast(served.history_group as string) as history_group,
    cast(served.strength_name as string) as strength_name,
    cast(served.weight as double) as weight,
    cast(case when {{ told }} then weights.strength_ndcg end as double) as strength_ndcg,
    cast(case when {{ told }} then weights.blend_ndcg end as double) as blend_ndcg,
    cast(case when {{ told }} then weights.user_count end as bigint) as user_count,
    weights.strength_name is not null as is_learnt
from served
cross join as_of_dates
left join {{ ref('int_seg__recommendation_weights') }} as weights
    on
        served.repeats_allowed = weights.repeats_allowed
        and served.history_group = weights.history_group
        and served.strength_name = weights.strength_name
