{#
    One row per scheme, outcome and segment of the earlier date: its users, the sums of their outcomes, and the group that
    it is published in. What is smaller than `seg__minimum_group_size` goes into `other`, with the next smallest segment
    where these are too few together as well. A group is not told of an outcome that too few of its users cannot have: they
    are what another outcome counts more. Nor are further groups, the smallest such remainders first, while those of the groups
    left out are too few together: another scheme tells their sum.
#}

{% set least_users = var('seg__minimum_group_size') %}

with

segment_sizes as (

    select
        scheme,
        segment_key,
        count(*) as segment_user_count
    from {{ ref('int_seg__past_user_segments') }}
    group by scheme, segment_key

),

texts as (

    {{ reference_rows('segments', "scheme || '.' || segment_key", ['scheme', 'segment_key', 'segment_name']) }}

),

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
        sized.*,
        segment_sizes.segment_user_count,
        sized.is_small
        or (sized.size_rank = 1 and sized.small_user_count between 1 and {{ least_users - 1 }}) as is_other
    from sized
    inner join segment_sizes
        on
            sized.scheme = segment_sizes.scheme
            and sized.segment_key = segment_sizes.segment_key

),

grouped as (

    select
        *,
        case when is_other then 'other' else segment_key end as group_key
    from merged

),

remainders as (

    select
        scheme,
        outcome_name,
        group_key,
        sum(segment_user_count - user_count) as remainder
    from grouped
    group by scheme, outcome_name, group_key

),

summed_up as (

    select
        *,
        coalesce(sum(remainder) over (
            partition by scheme, outcome_name
            order by remainder, group_key
            rows between unbounded preceding and 1 preceding
        ), 0) as smaller_remainders
    from remainders

)

select
    grouped.scheme,
    grouped.outcome_name,
    grouped.segment_key,
    grouped.as_of_date,
    grouped.group_key,
    cast(case when grouped.is_other then texts.segment_name else grouped.segment_name end as string) as group_name,
    grouped.overall_mean,
    grouped.outcome_unit,
    grouped.user_count,
    grouped.deviation_sum,
    grouped.square_sum,
    summed_up.remainder not between 1 and {{ least_users - 1 }}
    and summed_up.smaller_remainders not between 1 and {{ least_users - 1 }} as is_told
from grouped
inner join summed_up
    on
        grouped.scheme = summed_up.scheme
        and grouped.outcome_name = summed_up.outcome_name
        and grouped.group_key = summed_up.group_key
left join texts
    on texts.scheme = 'all' and texts.segment_key = 'other'
