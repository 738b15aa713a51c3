{#
    One row per scheme, outcome and segment: what users who were in the segment at an earlier date did in the window after
    it, and how much of the differences between users the scheme explains.
#}

with

groups_summed as (

    select
        scheme,
        outcome_name,
        group_key,
        is_told,
        min(group_name) as group_name,
        min(as_of_date) as as_of_date,
        min(overall_mean) as overall_mean,
        min(outcome_unit) as outcome_unit,
        sum(user_count) as user_count,
        {{ exact_sum('deviation_sum') }} as deviation_sum,
        {{ exact_sum('square_sum') }} as square_sum
    from {{ ref('int_seg__segment_outcome_groups') }}
    group by scheme, outcome_name, group_key, is_told

),

explained as (

    {{ variance_explained('groups_summed', ['scheme', 'outcome_name']) }}

),

chances as (

    select
        explained.scheme,
        explained.outcome_name,
        percentile_cont(0.95) within group (order by shuffles.ratio_to_chance) as high_ratio,
        {{ ratio(
            'sum(case when shuffles.ratio_to_chance >= round(explained.eta_squared / explained.eta_squared_by_chance, 9) then 1 else 0 end)',
            'count(*)'
        ) }} as shuffled_share
    from explained
    inner join {{ ref('int_seg__segment_outcome_shuffles') }} as shuffles
        on
            explained.scheme = shuffles.scheme
            and explained.outcome_name = shuffles.outcome_name
    where shuffles.ratio_to_chance is not null and explained.eta_squared_by_chance > 0
    group by explained.scheme, explained.outcome_name

)

select
    cast(groups_summed.as_of_date as date) as as_of_date,
    cast(outcome_dates.window_days as int) as horizon_days,
    cast(groups_summed.scheme as string) as scheme,
    cast(groups_summed.outcome_name as string) as outcome_name,
    cast(groups_summed.group_key as string) as segment_key,
    cast(groups_summed.group_name as string) as segment_name,
    cast(groups_summed.user_count as bigint) as user_count,
    -- Deviations are exact to eight decimals of the unit: what is less than a millionth of it is none.
    coalesce(
        groups_summed.outcome_unit * round(
            groups_summed.overall_mean / nullif(groups_summed.outcome_unit, 0)
            + groups_summed.deviation_sum / groups_summed.user_count,
            6
        ),
        groups_summed.overall_mean
    ) as outcome_mean,
    groups_summed.outcome_unit * sqrt(
        round(greatest(
            groups_summed.square_sum / groups_summed.user_count
            - power(groups_summed.deviation_sum / groups_summed.user_count, 2),
            0
        ), 7) / nullif(groups_summed.user_count - 1, 0)
    ) as standard_error,
    groups_summed.overall_mean,
    explained.eta_squared,
    explained.eta_squared_by_chance,
    explained.eta_squared_by_chance * chances.high_ratio as eta_squared_by_chance_high,
    chances.shuffled_share,
    coalesce(chances.shuffled_share < 0.05, false) as is_separating
from groups_summed
inner join explained
    on
        groups_summed.scheme = explained.scheme
        and groups_summed.outcome_name = explained.outcome_name
cross join {{ ref('int_seg__segment_outcome_dates') }} as outcome_dates
left join chances
    on
        groups_summed.scheme = chances.scheme
        and groups_summed.outcome_name = chances.outcome_name
where groups_summed.is_told and groups_summed.user_count >= {{ var('seg__minimum_group_size') }}
