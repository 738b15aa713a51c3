{# What `seg__user_features` counts in every window. #}
{% macro windowed_measures() %}
    {% set measures = ['active_day_count', 'event_count'] %}
    {% for event_type in standard_event_types() %}
        {% do measures.append(event_type ~ '_count') %}
    {% endfor %}
    {{ return(measures + ['session_count', 'order_count', 'unit_count', 'net_revenue']) }}
{% endmacro %}

{# Lengths of the windows, in days before the as-of date; each feature also exists over all of the past. #}
{% macro feature_windows() %}
    {{ return([7, 30, 90, 365]) }}
{% endmacro %}
