{# Whether a number that may be null lies outside [low, high]; NaN and infinity do. #}
{% macro is_outside(column, low, high) -%}
    ({{ column }} is not null and not {{ column }} between {{ low }} and {{ high }})
{%- endmacro %}
