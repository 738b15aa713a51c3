{# A number as a literal that the engine reads as exactly this double. #}
{% macro double_literal(number) -%}
    {{ '%.17e' % number }}
{%- endmacro %}
