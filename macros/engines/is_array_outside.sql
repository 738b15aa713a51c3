{# Whether an array that may be null holds anything but numbers in [-bound, bound]; null, NaN and infinity are none. #}
{% macro is_array_outside(column, bound) -%}
    {{ return(adapter.dispatch('is_array_outside', 'ecommerce_segmentation')(column, bound)) }}
{%- endmacro %}

{% macro default__is_array_outside(column, bound) -%}
    (
        {{ column }} is not null
        and len(list_filter({{ column }}, lambda element: element is null or not abs(element) <= {{ bound }})) > 0
    )
{%- endmacro %}
