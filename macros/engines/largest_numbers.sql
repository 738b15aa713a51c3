{#
    Rows (keys, number, number_rank, highest): of each group the n largest numbers, their ranks from 1 and the largest of all.
    Numbers of a group differ. A window would sort all rows; this holds n of each group.
#}
{% macro largest_numbers(relation, keys, number, n) -%}
    {{ return(adapter.dispatch('largest_numbers', 'ecommerce_segmentation')(relation, keys, number, n)) }}
{%- endmacro %}

{% macro default__largest_numbers(relation, keys, number, n) -%}
    select
        {{ keys | join(', ') }},
        unnest(largest) as {{ number }},
        unnest(generate_series(1, len(largest))) as number_rank,
        largest[1] as highest
    from (
        select
            {{ keys | join(', ') }},
            max({{ number }}, {{ n }}) as largest
        from {{ relation }}
        group by {{ keys | join(', ') }}
    ) as grouped
{%- endmacro %}
