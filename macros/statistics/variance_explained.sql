{#
    A select of eta squared, the sum of squares between groups / the total sum of squares, per combination of `keys`, from
    one row per group: user_count, deviation_sum and square_sum of values that are already near their mean.
    eta_squared_by_chance is what it is on average when the values are dealt out at random to groups of the same sizes.
    Null where all values are equal.
#}
{% macro variance_explained(groups, keys) %}
    {% set keys_text = keys | join(', ') %}
    select
        {{ keys_text }},
        user_count,
        group_count,
        {# Sums are exact to eight decimals: what is left of equal values is not a difference. #}
        case
            when total_squares > 1e-7 then greatest(0, least(1, squares_between / total_squares))
        end as eta_squared,
        case when total_squares > 1e-7 then {{ ratio('group_count - 1', 'user_count - 1') }} end as eta_squared_by_chance
    from (
        select
            {{ keys_text }},
            sum(user_count) as user_count,
            count(*) as group_count,
            {{ exact_sum('square_sum') }}
            - {{ exact_sum('deviation_sum') }} * {{ exact_sum('deviation_sum') }} / sum(user_count) as total_squares,
            {{ exact_sum('deviation_sum * deviation_sum / user_count') }}
            - {{ exact_sum('deviation_sum') }} * {{ exact_sum('deviation_sum') }} / sum(user_count) as squares_between
        from {{ groups }}
        group by {{ keys_text }}
    ) as squares
{% endmacro %}
