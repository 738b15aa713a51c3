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

-- Deviations are exact to eight decimals of the unit: what is next to nothing of it is nothing.
measured as (

    select
        *,
        case
            when abs(mean) >= 0.000001 * outcome_unit then mean
            else 0
        end as outcome_mean,
        case
            when mean_square - mean_deviation * mean_deviation >= 0.0000001 then mean_square - mean_deviation * mean_deviation
            else 0
        end as variance
    from (
        select
            *,
            overall_mean + outcome_unit * deviation_sum / user_count as mean,
            deviation_sum / user_count as mean_deviation,
            square_sum / user_count as mean_square
        from groups_summed
    ) as means

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
    cast(measured.as_of_date as date) as as_of_date,
    cast(outcome_dates.window_days as int) as horizon_days,
    cast(measured.scheme as string) as scheme,
    cast(measured.outcome_name as string) as outcome_name,
    cast(measured.group_key as string) as segment_key,
    cast(measured.group_name as string) as segment_name,
    cast(measured.user_count as bigint) as user_count,
    measured.outcome_mean,
    measured.outcome_unit * sqrt(measured.variance / nullif(measured.user_count - 1, 0)) as standard_error,
    measured.overall_mean,
    explained.eta_squared,
    explained.eta_squared_by_chance,
    explained.eta_squared_by_chance * chances.high_ratio as eta_squared_by_chance_high,
    chances.shuffled_share,
    coalesce(chances.shuffled_share < 0.05, false) as is_separating
from measured
inner join explained
    on
        measured.scheme = explained.scheme
        and measured.outcome_name = explained.outcome_name
cross join {{ ref('int_seg__segment_outcome_dates') }} as outcome_dates
left join chances
    on
        measured.scheme = chances.scheme
        and measured.outcome_name = chances.outcome_name
where measured.is_told and measured.user_count >= {{ var('seg__minimum_group_size') }}
