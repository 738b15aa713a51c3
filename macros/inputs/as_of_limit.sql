{# The as-of date that was set, as text; where none was, a date after all rows. #}
{% macro as_of_limit() -%}
    {{ var('seg__as_of_date') or '9999-12-31' }}
{%- endmacro %}
