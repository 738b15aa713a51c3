{# One row per user and day on which anything is known of the user: the daily sums that all features come from. #}
{{ config(materialized='by_user') }}

{% set measures = {
    'int_seg__events_counted_to_user_days': ['event_count'] + user_day_event_measures(),
    'int_seg__sessions_counted_to_user_days': [
        'session_count', 'purchase_session_count', 'cart_session_count', 'abandoned_session_count', 'browse_seconds',
    ],
    'int_seg__orders_summed_to_user_days': [
        'placed_order_count', 'cancelled_order_count', 'order_count', 'coupon_order_count', 'discounted_order_count',
        'order_day_count', 'unit_count', 'returned_unit_count', 'gross_revenue', 'discount_amount', 'net_revenue',
    ],
    'int_seg__feedback_counted_to_user_days': [
        'review_count', 'rating_total', 'touch_count', 'touch_response_count',
    ],
} %}

{#
    Purchase events may miss orders (blocked trackers). On a day with an order and none of them, what is in the cart was
    bought, and a visit, where there was one, led to the order.
#}
{% set orders, sessions = 'int_seg__orders_summed_to_user_days', 'int_seg__sessions_counted_to_user_days' %}
{% set is_missed = 'coalesce(' ~ orders ~ '.order_count, 0) > 0'
    ~ ' and coalesce(int_seg__events_counted_to_user_days.purchase_count, 0) = 0' %}
{% set corrected = {
    'purchase_session_count': 'case when ' ~ is_missed ~ ' then case when ' ~ sessions
        ~ '.session_count > 0 then 1 else 0 end else ' ~ sessions ~ '.purchase_session_count end',
    'abandoned_session_count': 'case when ' ~ is_missed ~ ' then 0 else ' ~ sessions ~ '.abandoned_session_count end',
} %}

{% set relations = measures.keys() | list %}
{% set first = relations[0] %}

-- Each relation has at most one row per user and day: side by side they need no grouping, and `using` takes the key
-- from whichever has it.
select
    user_id,
    activity_date,
    -- Null differs from zero: there was no earlier order.
    int_seg__orders_summed_to_user_days.days_since_previous_order,
    {% for relation, names in measures.items() %}
    {% set is_last_relation = loop.last %}
    {% for name in names %}
    cast(coalesce({{ corrected.get(name, relation ~ '.' ~ name) }}, 0) as {{ 'bigint' if name.endswith('_count') else 'decimal(18, 4)' }})
        as {{ name }}{{ ',' if not (is_last_relation and loop.last) }}
    {% endfor %}
    {% endfor %}
from {{ ref(first) }} as {{ first }}
{% for relation in relations[1:] %}
full outer join {{ ref(relation) }} as {{ relation }}
    using (user_id, activity_date)  -- noqa: ST07
{% endfor %}
