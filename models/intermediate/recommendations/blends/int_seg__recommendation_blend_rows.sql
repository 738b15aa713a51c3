{#
    One row per whether repeats are allowed, user of the validation period and candidate that anything speaks for: what the
    weights of the blend are learnt from.
#}
{{ config(materialized='view_in_place') }}

select
    target_counts.repeats_allowed,
    hits.history_group,
    hits.user_number,
    hits.product_number,
    hits.popularity_rank,
    hits.is_hit,
    target_counts.target_count,
    {% for strength in recommendation_strengths() %}
    hits.{{ strength }}_strength{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('int_seg__recommendation_hits') }} as hits
inner join (
    -- Numbers of users shift when others are added, their order among these does not.
    select
        *,
        dense_rank() over (order by md5(cast(user_place as string)), user_place) as sample_number
    from (
        select
            *,
            dense_rank() over (order by user_number) as user_place
        from {{ ref('int_seg__recommendation_targets_counted') }}
        where split = 'validation'
    ) as placed
) as target_counts
    on
        hits.user_number = target_counts.user_number
        and (target_counts.repeats_allowed or not hits.is_repeat)
where hits.split = 'validation' and target_counts.sample_number <= {{ var('seg__max_blended_users') }}
