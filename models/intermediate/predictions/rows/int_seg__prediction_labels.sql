{#
    One row per horizon, user and past as-of date: what the user did in the window after it. Users without an order
    count as 0 and have no days to it. No window ends after the scoring date.
#}
{% set discount_rate = var('seg__annual_discount_rate') %}

with

windows as (

    select
        outcome_windows.horizon_days,
        outcome_windows.window_days,
        outcome_windows.as_of_date,
        outcome_windows.label_until_date,
        outcome_windows.split
    from {{ ref('int_seg__outcome_windows') }} as outcome_windows
    cross join (
        select max(as_of_date) as scoring_date
        from {{ ref('int_seg__outcome_windows') }}
        where split = 'scoring'
    ) as scoring
    where
        outcome_windows.split <> 'scoring'
        and outcome_windows.label_until_date <= scoring.scoring_date

),

days_in_window as (

    select
        user_days.user_id,
        windows.horizon_days,
        windows.as_of_date,
        user_days.order_count,
        user_days.net_revenue,
        {{ dbt.datediff('windows.as_of_date', 'user_days.activity_date', 'day') }} + 1 as day_number
    from {{ ref('int_seg__user_days') }} as user_days
    inner join windows
        on
            user_days.activity_date >= windows.as_of_date
            and user_days.activity_date < windows.label_until_date

),

outcomes as (

    select
        user_id,
        horizon_days,
        as_of_date,
        sum(order_count) as order_count,
        sum(net_revenue) as net_revenue,
        {{ exact_sum('net_revenue * power(1 + ' ~ discount_rate ~ ', -day_number / 365.0)') }} as lifetime_value_12m,
        min(case when order_count > 0 then day_number end) as days_to_next_order
    from days_in_window
    group by user_id, horizon_days, as_of_date

)

select
    windows.horizon_days,
    users.user_id,
    windows.as_of_date,
    windows.label_until_date,
    windows.split,
    windows.window_days,
    cast(coalesce(outcomes.order_count, 0) as bigint) as order_count,
    cast(coalesce(outcomes.net_revenue, 0) as double) as net_revenue,
    cast(coalesce(outcomes.lifetime_value_12m, 0) as double) as lifetime_value_12m,
    cast(outcomes.days_to_next_order as double) as days_to_next_order,
    cast(case when outcomes.order_count > 0 then 1 else 0 end as int) as will_order,
    {# Who has not lapsed yet can still be lost. #}
    cast(case
        when users.days_since_last_order < {{ var('seg__lifecycle_lapsed_days') }}
            then case when outcomes.order_count > 0 then 0 else 1 end
    end as int) as will_churn
from {{ ref('seg__user_features') }} as users
inner join windows
    on users.as_of_date = windows.as_of_date
left join outcomes
    on
        users.user_id = outcomes.user_id
        and windows.as_of_date = outcomes.as_of_date
        and windows.horizon_days = outcomes.horizon_days
