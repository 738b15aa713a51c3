{# A derived table of one text column with a row per name. #}
{% macro names_as_rows(names, column) -%}
    (
        {%- for name in names %}
        select '{{ name }}' as {{ column }}{{ ' union all' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
