{# The named columns of a row as one JSON text. #}
{% macro row_as_json(columns) -%}
    {{ return(adapter.dispatch('row_as_json', 'ecommerce_segmentation')(columns)) }}
{%- endmacro %}

{% macro default__row_as_json(columns) -%}
    cast(to_json(struct_pack(
        {%- for column in columns %}"{{ column }}" := "{{ column }}"{{ ', ' if not loop.last }}{% endfor -%}
    )) as string)
{%- endmacro %}
