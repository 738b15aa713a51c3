{# What the rules of `seg_ref__behaviour_rules` may ask about: name -> SQL over `seg__user_features`. #}
{% macro behaviour_features() %}
    {% set features = {
        'order_gap_variation': ratio('sd_days_between_orders', 'mean_days_between_orders')
    } %}
    {% for name in [
        'days_since_first_seen', 'days_since_last_seen', 'days_since_first_order', 'days_since_last_order',
        'active_day_count', 'event_count', 'view_count', 'search_count', 'cart_add_count', 'wishlist_count',
        'session_count', 'session_count_90d', 'order_count', 'order_count_365d', 'unit_count', 'net_revenue',
        'net_revenue_365d', 'average_order_value', 'units_per_order', 'mean_days_between_orders', 'recency_to_rhythm',
        'browse_seconds_per_session', 'conversion_rate', 'cart_abandonment_rate', 'discount_share',
        'coupon_order_share', 'return_share', 'cancellation_share', 'category_count', 'category_entropy',
        'favourite_category_share', 'favourite_brand_share', 'price_level', 'night_share', 'morning_share',
        'afternoon_share', 'evening_share', 'weekend_share', 'review_count', 'mean_rating', 'touch_count',
        'touch_response_rate', 'event_trend', 'order_trend', 'revenue_trend'
    ] %}
        {% do features.update({name: name}) %}
    {% endfor %}
    {{ return(features) }}
{% endmacro %}

{# The place in `behaviour_features` of the feature that a column names. #}
{% macro behaviour_feature_number(feature_name) %}
    case {{ feature_name }}
        {% for name in behaviour_features() %}
        when '{{ name }}' then {{ loop.index }}
        {% endfor %}
    end
{% endmacro %}

{# The value of the feature whose number a column holds, among the columns of `seg__user_features`. #}
{% macro behaviour_value(feature_number) %}
    cast(case {{ feature_number }}
        {% for sql in behaviour_features().values() %}
        when {{ loop.index }} then {{ sql }}
        {% endfor %}
    end as double)
{% endmacro %}
