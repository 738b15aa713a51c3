{# A cast that gives null where the value does not fit (dbt's own raises on DuckDB). #}
{% macro safe_cast(expression, type) -%}
    {{ return(adapter.dispatch('safe_cast', 'ecommerce_segmentation')(expression, type)) }}
{%- endmacro %}

{% macro default__safe_cast(expression, type) -%}
    try_cast({{ expression }} as {{ type }})
{%- endmacro %}
