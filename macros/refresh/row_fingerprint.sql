{#
    A whole number that tells whether a row has changed. Only compared with what the same engine made of the row before: where
    a new version of it hashes otherwise, everybody is refreshed once.
#}
{% macro row_fingerprint(columns) -%}
    {{ return(adapter.dispatch('row_fingerprint', 'ecommerce_segmentation')(columns)) }}
{%- endmacro %}

{% macro default__row_fingerprint(columns) -%}
    hash({{ columns | join(', ') }})
{%- endmacro %}
