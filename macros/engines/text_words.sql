{#
    Rows (key, word) of a text column: the words of three letters or digits and more, in lower case, once per text; of
    very long ones the first 40 characters.
#}
{% macro text_words(relation, key, text_column) -%}
    {{ return(adapter.dispatch('text_words', 'ecommerce_segmentation')(relation, key, text_column)) }}
{%- endmacro %}

{% macro default__text_words(relation, key, text_column) -%}
    select distinct
        {{ key }},
        substr(word, 1, 40) as word
    from (
        select
            {{ key }},
            unnest(regexp_extract_all(lower({{ text_column }}), '[\p{L}\p{N}]{3,}')) as word
        from {{ relation }}
    ) as words
{%- endmacro %}
