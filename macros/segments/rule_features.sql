{#
    What the rules of `seg__segment_rules` may speak of: name, SQL expression over `seg__user_features`, and whether it
    is known of every user (counts and sums are: no rule needs to say what holds where they are null). First what
    everybody understands: where several features divide users alike, a rule takes the first. What users deal with and
    write is no number that a rule could name.
#}
{% macro rule_features() %}
    {% set plain = [
        'days_since_last_order', 'days_since_first_order', 'order_count', 'net_revenue', 'session_count',
        'days_since_last_seen', 'days_since_first_seen', 'view_count', 'cart_add_count', 'order_count_365d',
        'net_revenue_365d', 'event_count_90d', 'days_between_last_two_orders'
    ] %}
    {% set features = [] %}
    {% for name in plain %}
        {% do features.append({'name': name, 'sql': name, 'is_always_known': not name.startswith('days_')}) %}
    {% endfor %}
    {% for feature in segment_features() if feature.name not in plain and not feature.modality %}
        {% do features.append({'name': feature.name, 'sql': feature.sql, 'is_always_known': false}) %}
    {% endfor %}
    {{ return(features) }}
{% endmacro %}
