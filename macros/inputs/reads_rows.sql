{# Whether relations are read with their rows: dbt's --empty reads none of any relation, seeds included. #}
{% macro reads_rows() -%}
    {{ 'true' if not (flags.EMPTY | default(false)) else 'false' }}
{%- endmacro %}
