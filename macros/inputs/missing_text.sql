{# Whether an id is not there: null or blank. #}
{% macro missing_text(column) -%}
    coalesce(trim({{ column }}), '') = ''
{%- endmacro %}
