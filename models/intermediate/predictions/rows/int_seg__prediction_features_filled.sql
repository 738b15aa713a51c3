{#
    One row per horizon, user and as-of date: the listed features before scaling, nulls filled, and what the user
    ordered in the window before the date, which the baseline `same_as_before` repeats. All users at the scoring
    date, the sampled ones at earlier dates.
#}
{{ config(materialized='kept_in_realtime') }}

with

windows as (

    select
        horizon_days,
        window_days,
        as_of_date,
        split,
        cast({{ dbt.dateadd('day', '-1 * window_days', 'as_of_date') }} as date) as previous_from_date,
        cast({{ dbt.dateadd('day', -365, 'as_of_date') }} as date) as year_ago_from_date,
        cast({{ dbt.dateadd('day', 'least(window_days, 365) - 365', 'as_of_date') }} as date) as year_ago_until_date
    from {{ predicted_windows() }} as windows

),

scored_rows as (

    select
        user_features.user_id,
        user_features.as_of_date,
        windows.horizon_days,
        windows.window_days,
        windows.split
    from {{ ref('seg__user_features') }} as user_features
    inner join windows
        on user_features.as_of_date = windows.as_of_date
    where
        windows.split = 'scoring'
        and {{ only_users_to_refresh('user_features.user_id', 'int_seg__users_to_predict') }}

    {% if not is_realtime_run() %}
    union all

    select
        sampled.user_id,
        sampled.as_of_date,
        sampled.horizon_days,
        windows.window_days,
        sampled.split
    from {{ ref('int_seg__prediction_rows_sampled') }} as sampled
    inner join windows
        on
            sampled.horizon_days = windows.horizon_days
            and sampled.as_of_date = windows.as_of_date
    {% endif %}

),

orders_by_window as (

    select
        user_days.user_id,
        windows.horizon_days,
        windows.as_of_date,
        sum(case when user_days.activity_date >= windows.previous_from_date then user_days.order_count else 0 end)
            as previous_order_count,
        sum(case when user_days.activity_date >= windows.previous_from_date then user_days.net_revenue else 0 end)
            as previous_net_revenue,
        sum(case
            when
                user_days.activity_date >= windows.year_ago_from_date
                and user_days.activity_date < windows.year_ago_until_date
                then user_days.order_count
            else 0
        end) as year_ago_order_count
    from {{ ref('int_seg__user_days') }} as user_days
    inner join windows
        on
            user_days.activity_date >= least(windows.previous_from_date, windows.year_ago_from_date)
            and user_days.activity_date < windows.as_of_date
    where
        (user_days.order_count > 0 or user_days.net_revenue <> 0)
        and {{ only_users_to_refresh('user_days.user_id', 'int_seg__users_to_predict') }}
    group by user_days.user_id, windows.horizon_days, windows.as_of_date

),

joined as (

    select
        user_features.*,
        scored_rows.split,
        scored_rows.horizon_days,
        scored_rows.window_days,
        cast(coalesce(orders_by_window.previous_order_count, 0) as double) as previous_order_count,
        cast(coalesce(orders_by_window.previous_net_revenue, 0) as double) as previous_net_revenue,
        cast(coalesce(orders_by_window.year_ago_order_count, 0) as double) as year_ago_order_count,
        lifetimes.alive_probability,
        lifetimes.order_probability,
        lifetimes.expected_order_count,
        lifetimes.expected_order_value,
        lifetimes.expected_revenue,
        lifetimes.discounted_revenue,
        lifetimes.horizon_scale,
        lifetimes.probability_scale,
        lifetimes.discounted_horizon_scale
    from scored_rows
    inner join {{ ref('seg__user_features') }} as user_features
        on
            scored_rows.user_id = user_features.user_id
            and scored_rows.as_of_date = user_features.as_of_date
    left join orders_by_window
        on
            scored_rows.user_id = orders_by_window.user_id
            and scored_rows.as_of_date = orders_by_window.as_of_date
            and scored_rows.horizon_days = orders_by_window.horizon_days
    left join {{ of_run('int_seg__lifetime_expectations') }} as lifetimes
        on
            scored_rows.user_id = lifetimes.user_id
            and scored_rows.as_of_date = lifetimes.as_of_date
            and scored_rows.horizon_days = lifetimes.horizon_days

)

select
    horizon_days,
    user_id,
    as_of_date,
    split,
    window_days,
    {# What the lifetime models say where they know the user; null elsewhere. #}
    expected_order_count is not null as has_lifetime_expectation,
    discounted_revenue,
    {# By how much an amount of the window grows to the horizon: never less than 1, never more than in proportion. #}
    cast(coalesce(
        greatest(1.0, least({{ growth_in_proportion('horizon_days', 'window_days') }}, horizon_scale)),
        {{ growth_in_proportion('horizon_days', 'window_days') }}
    ) as double) as horizon_scale,
    {# The same of the power to which the chance of no order is raised. #}
    cast(coalesce(
        greatest(1.0, least({{ growth_in_proportion('horizon_days', 'window_days') }}, probability_scale)),
        {{ growth_in_proportion('horizon_days', 'window_days') }}
    ) as double) as probability_scale,
    cast(coalesce(
        greatest(1.0, least(
            {{ growth_in_proportion('horizon_days', 'window_days', is_discounted=true) }}, discounted_horizon_scale
        )),
        {{ growth_in_proportion('horizon_days', 'window_days', is_discounted=true) }}
    ) as double) as discounted_horizon_scale,
    {% for feature in prediction_features() %}
    coalesce(cast({{ feature.expression }} as double), {{ feature.fill }}) as {{ feature.name }}{{ ',' if not loop.last }}
    {% endfor %}
from joined
