{# Rows (key, dimension from 1, value) of an array column, one per element. #}
{% macro array_elements(relation, key, array_column) -%}
    {{ return(adapter.dispatch('array_elements', 'ecommerce_segmentation')(relation, key, array_column)) }}
{%- endmacro %}

{% macro default__array_elements(relation, key, array_column) -%}
    select
        {{ key }},
        cast(unnest(range(1, len({{ array_column }}) + 1)) as int) as dimension,
        cast(unnest({{ array_column }}) as double) as value
    from {{ relation }}
    where len({{ array_column }}) > 0
{%- endmacro %}
