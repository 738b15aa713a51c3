{#
    One row per scheme, outcome and segment of the earlier date: its users, the sums of their outcomes, and the group that
    it is published in. What is smaller than `seg__minimum_group_size` goes into `other`, with the next smallest segment
    where these are too few together as well.
#}

{% set least_users = var('seg__minimum_group_size') %}

with

sums as (

    select
        segments.scheme,
        outcomes.outcome_name,
        segments.segment_key,
        min(segments.segment_name) as segment_name,
        min(segments.as_of_date) as as_of_date,
        min(outcomes.overall_mean) as overall_mean,
        min(outcomes.outcome_unit) as outcome_unit,
        count(*) as user_count,
        {{ exact_sum('outcomes.deviation') }} as deviation_sum,
        {{ exact_sum('outcomes.deviation * outcomes.deviation') }} as square_sum
    from {{ ref('int_seg__past_user_segments') }} as segments
    inner join {{ ref('int_seg__past_user_outcomes') }} as outcomes
        on segments.user_id = outcomes.user_id
    group by segments.scheme, outcomes.outcome_name, segments.segment_key

),

sized as (

    select
        *,
        user_count < {{ least_users }} as is_small,
        sum(case when user_count < {{ least_users }} then user_count else 0 end)
            over (partition by scheme, outcome_name) as small_user_count,
        row_number() over (
            partition by scheme, outcome_name, user_count < {{ least_users }} order by user_count, segment_key
        ) as size_rank
    from sums

),

merged as (

    select
        *,
        is_small
        or (size_rank = 1 and small_user_count between 1 and {{ least_users - 1 }}) as is_other
    from sized

)

select
    scheme,
    outcome_name,
    segment_key,
    as_of_date,
    case when is_other then 'other' else segment_key end as group_key,
    case when is_other then 'Other' else segment_name end as group_name,
    overall_mean,
    outcome_unit,
    user_count,
    deviation_sum,
    square_sum
from merged
