{# Whole number in [0, buckets) that depends only on the key: equal on every engine. #}
{% macro md5_bucket(key, buckets) -%}
    {{ return(adapter.dispatch('md5_bucket', 'ecommerce_segmentation')(key, buckets)) }}
{%- endmacro %}

{% macro default__md5_bucket(key, buckets) -%}
    (cast('0x' || substr(md5({{ key }}), 1, 8) as bigint) % {{ buckets }})
{%- endmacro %}
