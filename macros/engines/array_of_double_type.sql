{# The engine's name for an array of doubles. #}
{% macro array_of_double_type() -%}
    {{ return(adapter.dispatch('array_of_double_type', 'ecommerce_segmentation')()) }}
{%- endmacro %}

{% macro default__array_of_double_type() -%}
    double[]
{%- endmacro %}
