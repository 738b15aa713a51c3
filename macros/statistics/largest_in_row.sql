{#
    A select of the largest of several columns of each row, one row per rank: the `kept` columns, `rank_number` from 1,
    `place` (which of the columns, counted from 1; of equal ones the first) and `amount`. Only amounts above zero (`above`); null is
    none. In the row itself: nothing is sorted, so it costs little however many rows there are.
#}
{% macro largest_in_row(relation, kept, columns, count, above=0) %}
    select
        {{ kept | join(', ') }},
        rank_number,
        cast(case rank_number {% for rank in range(1, count + 1) %}when {{ rank }} then place_{{ rank }} {% endfor %}end as int) as place,
        case rank_number {% for rank in range(1, count + 1) %}when {{ rank }} then amount_{{ rank }} {% endfor %}end as amount
    from (
        {{ with_largest(relation, columns, count, above) }}
    ) as with_places
    cross join (
        {% for rank in range(1, count + 1) %}
        select {{ rank }} as rank_number
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ) as ranks
    where case rank_number {% for rank in range(1, count + 1) %}when {{ rank }} then amount_{{ rank }} {% endfor %}end > {{ above }}
{% endmacro %}

{# The rows with place_<rank> and amount_<rank> for each rank up to this one. #}
{% macro with_largest(relation, columns, rank, above) %}
    {%- set taken -%}
        {%- for earlier in range(1, rank) %} and place_{{ earlier }} <> %s{% endfor -%}
    {%- endset -%}
    select
        *,
        case
            {% for column in columns %}
            when {{ column }} = amount_{{ rank }}{{ taken | replace('%s', loop.index) }} then {{ loop.index }}
            {% endfor %}
            else 0
        end as place_{{ rank }}
    from (
        select
            *,
            greatest(
                {% for column in columns %}
                case when {{ column }} > {{ above }}{{ taken | replace('%s', loop.index) }} then {{ column }} else {{ above }} end,
                {% endfor %}
                {{ above }}
            ) as amount_{{ rank }}
        from {% if rank == 1 %}{{ relation }}{% else %}(
            {{ with_largest(relation, columns, rank - 1, above) }}
        ){% endif %} as rows_{{ rank }}
    ) as amounts_{{ rank }}
{% endmacro %}
