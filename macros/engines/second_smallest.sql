{# An aggregate: the value after the smallest one; null where a group has none. Values of a group differ. A window would sort all rows. #}
{% macro second_smallest(value) -%}
    {{ return(adapter.dispatch('second_smallest', 'ecommerce_segmentation')(value)) }}
{%- endmacro %}

{% macro default__second_smallest(value) -%}
    min({{ value }}, 2)[2]
{%- endmacro %}
