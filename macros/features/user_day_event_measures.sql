{# The columns of `int_seg__events_counted_to_user_days` beside `event_count`. #}
{% macro user_day_event_measures() %}
    {% set measures = [] %}
    {% for name in standard_event_types() + [
        'night_event', 'morning_event', 'afternoon_event', 'evening_event', 'weekend_event'
    ] %}
        {% do measures.append(name ~ '_count') %}
    {% endfor %}
    {{ return(measures) }}
{% endmacro %}
