{#
    A select of the rows of `ranked`, which has category and raw_rank (1 = best, unique per list), with
    `recommendation_rank`: as raw_rank, but a product that would be more than the `most`-th of its category comes after
    all that are not, so that a list is still as long as there are products. A product without category is never too
    many; `is_too_many` says which are. keys: the columns that make a list; most: products of a category, none = no limit.
#}
{% macro diversified(ranked, keys, most) %}
    {% set keys_text = keys | join(', ') %}
    {% if most is none %}
    select
        ranked.*,
        raw_rank as recommendation_rank,
        false as is_too_many
    from {{ ranked }} as ranked
    {% else %}
    select
        numbered.*,
        row_number() over (partition by {{ keys_text }} order by is_too_many, raw_rank) as recommendation_rank
    from (
        select
            ranked.*,
            category is not null
            and row_number() over (partition by {{ keys_text }}, category order by raw_rank) > {{ most }} as is_too_many
        from {{ ranked }} as ranked
    ) as numbered
    {% endif %}
{% endmacro %}
