{#
    Whether an id is not there: null or blank. A text that begins with printable ASCII is not trimmed to find out: of
    millions of ids that takes longer than everything else that is asked of a row.
#}
{% macro missing_text(column) -%}
    (case when {{ column }} >= '!' and {{ column }} < '~' then false else coalesce(trim({{ column }}), '') = '' end)
{%- endmacro %}
