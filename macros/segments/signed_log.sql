{# sign(x) * ln(1 + |x|): pulls in long tails on both sides and leaves small values nearly as they are. #}
{% macro signed_log(expression) -%}
    (sign({{ expression }}) * ln(1 + abs({{ expression }})))
{%- endmacro %}
