{#
    A select of the acceptable rows of a judged input, one per key, and `copy_count`: how many acceptable
    rows had the key. Of several the one of the latest version is kept, of these the first in the given order; rows that tie
    in all columns are equal.
    Only keys that occur more than once go through the window: it costs a sort.
    input_name: in a realtime run only the rows of users of whom rows of this input changed compete, with whatever else has
    their keys.
#}
{% macro kept_rows(judged, key, columns, input_name=none, version=none) -%}
    {%- set is_some = input_name is not none and refreshes_some_users() -%}
    {%- set rows = 'rows_of_users' if is_some else judged -%}
    with

    {% if is_some %}
    rows_of_users as (

        select *
        from {{ judged }}
        where
            reject_reason is null
            and {{ key }} in (
                select {{ key }}
                from {{ judged }}
                where reject_reason is null and {{ only_users_to_refresh('user_id', source=true, input_name=input_name) }}
            )

    ),

    {% endif %}
    repeated as (

        select
            {{ key }},
            count(*) as copy_count
        from {{ rows }}
        where reject_reason is null
        group by {{ key }}
        having count(*) > 1

    )

    select
        {% for column in columns %}
        judged.{{ column }},
        {% endfor %}
        cast(1 as bigint) as copy_count
    from {{ rows }} as judged
    left join repeated
        on judged.{{ key }} = repeated.{{ key }}
    where judged.reject_reason is null and repeated.{{ key }} is null

    union all

    select
        {{ columns | join(', ') }},
        copy_count
    from (
        select
            {% for column in columns %}
            judged.{{ column }},
            {% endfor %}
            repeated.copy_count,
            row_number() over (
                partition by judged.{{ key }}
                order by
                    {% if version %}
                    judged.{{ version }} desc nulls last,
                    {% endif %}
                    {% for column in columns %}
                    judged.{{ column }} asc nulls last{{ ',' if not loop.last }}
                    {% endfor %}
            ) as copy_number
        from {{ rows }} as judged
        inner join repeated
            on judged.{{ key }} = repeated.{{ key }}
        where judged.reject_reason is null
    ) as numbered
    where copy_number = 1
{%- endmacro %}
