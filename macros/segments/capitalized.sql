{# A text that begins with a capital letter. #}
{% macro capitalized(expression) -%}
    upper(substr({{ expression }}, 1, 1)) || substr({{ expression }}, 2)
{%- endmacro %}
