{#
    What k-means looks at, written down once. Of each feature:
    - sql: the expression over `seg__user_features`;
    - transform: `log` where the distribution has a long tail, else `none`;
    - fill: what a null counts as: `zero`, or `mean` (of the users who have a value).
    K-means asks how somebody shops. How lately is left to the rfm and lifecycle schemes: recency would split every
    group into its present and its past members. One feature per kind of behaviour, because k-means weighs every
    column alike and two that say the same would count it twice.
#}
{% macro cluster_features() %}
    {{ return([
        {'name': 'sessions_per_month', 'transform': 'log', 'fill': 'zero',
            'sql': 'session_count * 30.0 / greatest(days_since_first_seen, 30)'},
        {'name': 'conversion_rate', 'transform': 'none', 'fill': 'zero', 'sql': 'conversion_rate'},
        {'name': 'average_order_value', 'transform': 'log', 'fill': 'mean', 'sql': 'average_order_value'},
        {'name': 'units_per_order', 'transform': 'log', 'fill': 'mean', 'sql': 'units_per_order'},
        {'name': 'price_level', 'transform': 'log', 'fill': 'mean', 'sql': 'price_level'},
        {'name': 'discount_share', 'transform': 'none', 'fill': 'mean', 'sql': 'discount_share'},
        {'name': 'return_share', 'transform': 'none', 'fill': 'mean',
            'sql': 'case when return_share > 1 then 1 else return_share end'},
        {'name': 'cart_abandonment_rate', 'transform': 'none', 'fill': 'mean', 'sql': 'cart_abandonment_rate'},
        {'name': 'views_per_session', 'transform': 'log', 'fill': 'mean', 'sql': ratio('view_count', 'session_count')},
        {'name': 'browse_seconds_per_view', 'transform': 'log', 'fill': 'mean',
            'sql': ratio('browse_seconds_per_session * session_count', 'view_count')},
        {'name': 'category_entropy', 'transform': 'none', 'fill': 'mean', 'sql': 'category_entropy'},
        {'name': 'daytime_share', 'transform': 'none', 'fill': 'mean', 'sql': 'morning_share + afternoon_share'},
        {'name': 'weekend_share', 'transform': 'none', 'fill': 'mean', 'sql': 'weekend_share'},
    ]) }}
{% endmacro %}

{# Further numbers that describe segments but do not shape the clusters. #}
{% macro segment_features() %}
    {% set described = [] %}
    {% for name in [
        'days_since_first_seen', 'days_since_last_seen', 'days_since_last_order', 'session_count', 'order_count',
        'net_revenue', 'coupon_order_share', 'mean_days_between_orders', 'favourite_brand_share', 'event_trend',
        'touch_response_rate', 'mean_rating'
    ] %}
        {% do described.append({'name': name, 'sql': name}) %}
    {% endfor %}
    {{ return(cluster_features() + described) }}
{% endmacro %}
