{#
    What k-means looks at, written down once. Of each feature:
    - sql: the expression over `seg__user_features`;
    - transform: `log` where the distribution has a long tail, else `none`;
    - fill: what a null counts as: `zero`, `mean` (of those who have a value) or `high` (the winsorized maximum: a
      user who was never seen is as far away as any).
    One feature per kind of behaviour, because k-means weighs every column alike: two columns that say the same
    would count it twice.
#}
{% macro cluster_features() %}
    {{ return([
        {'name': 'days_since_last_seen', 'transform': 'log', 'fill': 'high', 'sql': 'days_since_last_seen'},
        {'name': 'sessions_per_month', 'transform': 'log', 'fill': 'zero',
            'sql': 'session_count * 30.0 / greatest(days_since_first_seen, 30)'},
        {'name': 'orders_per_year', 'transform': 'log', 'fill': 'zero',
            'sql': 'order_count * 365.0 / greatest(days_since_first_seen, 30)'},
        {'name': 'average_order_value', 'transform': 'log', 'fill': 'mean', 'sql': 'average_order_value'},
        {'name': 'units_per_order', 'transform': 'log', 'fill': 'mean', 'sql': 'units_per_order'},
        {'name': 'price_level', 'transform': 'log', 'fill': 'mean', 'sql': 'price_level'},
        {'name': 'discount_share', 'transform': 'none', 'fill': 'mean', 'sql': 'discount_share'},
        {'name': 'return_share', 'transform': 'none', 'fill': 'mean', 'sql': 'return_share'},
        {'name': 'cart_abandonment_rate', 'transform': 'none', 'fill': 'mean', 'sql': 'cart_abandonment_rate'},
        {'name': 'views_per_session', 'transform': 'log', 'fill': 'mean',
            'sql': ratio('view_count', 'session_count')},
        {'name': 'category_entropy', 'transform': 'none', 'fill': 'mean', 'sql': 'category_entropy'},
        {'name': 'daytime_share', 'transform': 'none', 'fill': 'mean', 'sql': 'morning_share + afternoon_share'},
        {'name': 'weekend_share', 'transform': 'none', 'fill': 'mean', 'sql': 'weekend_share'},
        {'name': 'event_trend', 'transform': 'none', 'fill': 'zero', 'sql': 'event_trend'},
    ]) }}
{% endmacro %}

{# Further numbers that describe segments but do not shape the clusters. #}
{% macro segment_features() %}
    {% set described = [] %}
    {% for name in [
        'days_since_first_seen', 'days_since_last_order', 'session_count', 'order_count', 'net_revenue',
        'conversion_rate', 'coupon_order_share', 'mean_days_between_orders', 'favourite_brand_share',
        'touch_response_rate', 'mean_rating'
    ] %}
        {% do described.append({'name': name, 'sql': name}) %}
    {% endfor %}
    {{ return(cluster_features() + described) }}
{% endmacro %}
