{# One row per user and as-of date: the daily sums added up over everything before the date, and over recent windows. #}
{{ config(
    materialized='by_user',
    meta={'users': 'int_seg__users_to_measure'},
    pre_hook="{{ begin_turns('int_seg__user_days', times=4) }}",
    post_hook="{{ make_other_turns('int_seg__user_days', times=4) }}"
) }}

{% set windowed = windowed_measures() %}

with

feature_dates as (

    {{ dates_of_days(ref('int_seg__user_days'), ref('int_seg__feature_dates')) }}

),

user_days as (

    select
        user_days.*,
        feature_dates.as_of_date,
        {{ dbt.datediff('user_days.activity_date', 'feature_dates.as_of_date', 'day') }} as days_ago
    from {{ ref('int_seg__user_days') }} as user_days
    inner join {{ ref('int_seg__users') }} as users
        on user_days.user_id = users.user_id
    inner join feature_dates
        on
            user_days.activity_date = feature_dates.activity_date
            and users.sample_bucket % feature_dates.one_in = 0
    where
        {{ only_users_to_refresh('user_days.user_id', 'int_seg__users_to_measure') }}
        and {{ is_users_turn('user_days.user_id') }}

)

select
    user_id,
    as_of_date,

    max(case when is_active_day then days_ago end) as days_since_first_seen,
    min(case when is_active_day then days_ago end) as days_since_last_seen,
    max(case when order_count > 0 then days_ago end) as days_since_first_order,
    min(case when order_count > 0 then days_ago end) as days_since_last_order,

    -- Counts are added up as doubles, which is exact below 2^53 and takes two thirds of the memory and time: sums of whole
    -- numbers have 128 bits, and there are dozens for each user and date.
    {% for name in windowed %}
    {% set is_count = name.endswith('_count') %}
    {% set type = 'bigint' if is_count else 'double' %}
    {% set value = 'cast(' ~ name ~ ' as double)' if is_count else name %}
    {% for window in feature_windows() %}
    cast(sum(case when days_ago <= {{ window }} then {{ value }} else 0 end) as {{ type }}) as {{ name }}_{{ window }}d,
    {% endfor %}
    cast(sum({{ value }}) as {{ type }}) as {{ name }},
    {% endfor %}

    min_by(days_since_previous_order, case when order_count > 0 then days_ago end) as days_between_last_two_orders,
    count(days_since_previous_order) as order_gap_count,
    cast(sum(days_since_previous_order) as double) as order_gap_days,
    cast(sum(cast(days_since_previous_order as bigint) * days_since_previous_order) as double) as order_gap_squares,

    {% for name in [
        'purchase_session_count', 'cart_session_count', 'abandoned_session_count', 'browse_seconds',
        'placed_order_count', 'cancelled_order_count', 'coupon_order_count', 'returned_unit_count', 'gross_revenue',
        'discount_amount', 'night_event_count', 'morning_event_count', 'afternoon_event_count', 'evening_event_count',
        'weekend_event_count', 'review_count', 'rating_total', 'touch_count', 'touch_response_count',
    ] %}
    cast(sum({{ 'cast(' ~ name ~ ' as double)' if name.endswith('_count') else name }}) as double) as {{ name }}{{ ',' if not loop.last }}
    {% endfor %}
from (
    select
        *,
        event_count + placed_order_count + returned_unit_count > 0 as is_active_day,
        case when event_count + placed_order_count + returned_unit_count > 0 then 1 else 0 end as active_day_count
    from user_days
) as days
group by user_id, as_of_date
