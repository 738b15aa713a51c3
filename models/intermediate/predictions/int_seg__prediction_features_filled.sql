{#
    One row per user and as-of date: the listed features before scaling, nulls filled, and the user's orders in
    the horizon before the date, which the baseline `same_as_before` repeats.
#}
with

as_of_dates as (

    select
        as_of_date,
        split,
        horizon_days,
        cast({{ dbt.dateadd('day', -1 * var('seg__horizon_days'), 'as_of_date') }} as date) as previous_from_date
    from {{ ref('int_seg__as_of_dates') }}

),

previous_orders as (

    select
        user_days.user_id,
        as_of_dates.as_of_date,
        sum(user_days.order_count) as order_count,
        sum(user_days.net_revenue) as net_revenue
    from {{ ref('int_seg__user_days') }} as user_days
    inner join as_of_dates
        on
            user_days.activity_date >= as_of_dates.previous_from_date
            and user_days.activity_date < as_of_dates.as_of_date
    group by user_days.user_id, as_of_dates.as_of_date

),

user_features as (

    select
        user_features.*,
        as_of_dates.split,
        as_of_dates.horizon_days,
        cast(coalesce(previous_orders.order_count, 0) as double) as previous_order_count,
        cast(coalesce(previous_orders.net_revenue, 0) as double) as previous_net_revenue
    from {{ ref('seg__user_features') }} as user_features
    inner join as_of_dates
        on user_features.as_of_date = as_of_dates.as_of_date
    left join previous_orders
        on
            user_features.user_id = previous_orders.user_id
            and user_features.as_of_date = previous_orders.as_of_date

)

select
    user_id,
    as_of_date,
    split,
    horizon_days,
    previous_order_count,
    previous_net_revenue,
    {% for feature in prediction_features() %}
    coalesce(cast({{ feature.expression }} as double), {{ feature.fill }}) as {{ feature.name }}{{ ',' if not loop.last }}
    {% endfor %}
from user_features
