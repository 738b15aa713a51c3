{# A feature value after its transform; the signed log keeps the sign of negative amounts. #}
{% macro prediction_transformed(value, transform) -%}
    {%- if transform == 'log' -%}
        (sign({{ value }}) * ln(1 + abs({{ value }})))
    {%- else -%}
        {{ value }}
    {%- endif -%}
{%- endmacro %}
