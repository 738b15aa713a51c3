{# 1 on the day before the as-of date, and half of it every so many days before. #}
{% macro half_life_decay(activity_date, as_of_date, half_life_days) -%}
    power(0.5, cast({{ dbt.datediff(activity_date, as_of_date, 'day') }} - 1 as double) / {{ half_life_days }})
{%- endmacro %}
