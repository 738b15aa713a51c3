{# Seconds from one timestamp to a later one, with fractions. #}
{% macro seconds_between(earlier, later) -%}
    {{ return(adapter.dispatch('seconds_between', 'ecommerce_segmentation')(earlier, later)) }}
{%- endmacro %}

{# dbt.datediff counts whole clock seconds that were crossed. #}
{% macro default__seconds_between(earlier, later) -%}
    (cast(epoch_us({{ later }}) - epoch_us({{ earlier }}) as double) / 1000000)
{%- endmacro %}
