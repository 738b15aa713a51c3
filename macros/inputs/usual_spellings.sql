{# Rows (spelling_key, spelling): the most frequent spelling of each text that differs only in case and blanks. #}
{% macro usual_spellings(relation, column) -%}
    select
        spelling_key,
        spelling
    from (
        select
            lower(trim({{ column }})) as spelling_key,
            trim({{ column }}) as spelling,
            row_number() over (
                partition by lower(trim({{ column }}))
                order by count(*) desc, trim({{ column }})
            ) as spelling_number
        from {{ relation }}
        where not {{ missing_text(column) }}
        group by lower(trim({{ column }})), trim({{ column }})
    ) as counted
    where spelling_number = 1
{%- endmacro %}
