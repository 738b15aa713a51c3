{#
    1 and the `term_count` terms after it of Gauss's hypergeometric series F(a, b; c; z), by Horner's rule: added up from the
    last one, each relative to the one before.
#}
{% macro hypergeometric_series(a, b, c, z, term_count) -%}
    {{ return(adapter.dispatch('hypergeometric_series', 'ecommerce_segmentation')(a, b, c, z, term_count)) }}
{%- endmacro %}

{% macro default__hypergeometric_series(a, b, c, z, term_count) -%}
    list_reduce(
        range({{ term_count - 1 }}, -1, -1),
        lambda rest, term: 1 + ({{ a }} + term) * ({{ b }} + term) / (({{ c }} + term) * (term + 1)) * {{ z }} * rest,
        cast(1 as double)
    )
{%- endmacro %}
