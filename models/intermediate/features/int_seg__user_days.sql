{# One row per user and day on which anything is known of the user: the daily sums that all features come from. #}

{% set measures = {
    'int_seg__events_counted_to_user_days': ['event_count'] + user_day_event_measures(),
    'int_seg__sessions_counted_to_user_days': [
        'session_count', 'purchase_session_count', 'cart_session_count', 'abandoned_session_count', 'browse_seconds',
    ],
    'int_seg__orders_summed_to_user_days': [
        'placed_order_count', 'cancelled_order_count', 'order_count', 'coupon_order_count', 'discounted_order_count',
        'order_day_count', 'days_since_previous_order', 'unit_count', 'returned_unit_count', 'gross_revenue',
        'discount_amount', 'net_revenue',
    ],
    'int_seg__feedback_counted_to_user_days': [
        'review_count', 'rating_total', 'touch_count', 'touch_response_count',
    ],
} %}

with

measured as (

    {% for relation in measures %}
    select
        user_id,
        activity_date,
        {% for other_relation, names in measures.items() %}
        {% set is_last_relation = loop.last %}
        {% for name in names %}
        {{ name if other_relation == relation else 'null' }} as {{ name }}{{ ',' if not (is_last_relation and loop.last) }}
        {% endfor %}
        {% endfor %}
    from {{ ref(relation) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    user_id,
    activity_date,
    -- At most one row per user and day has it, and null differs from zero: there was no earlier order.
    max(days_since_previous_order) as days_since_previous_order,
    {% for names in measures.values() %}
    {% set is_last_relation = loop.last %}
    {% for name in names if name != 'days_since_previous_order' %}
    cast(coalesce(sum({{ name }}), 0) as {{ 'bigint' if name.endswith('_count') else 'decimal(18, 4)' }}) as {{ name }}{{ ',' if not (is_last_relation and loop.last) }}
    {% endfor %}
    {% endfor %}
from measured
group by user_id, activity_date
