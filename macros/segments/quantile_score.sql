{#
    Score from 1 to `buckets` of a number among the rows: 1 + floor(buckets * share of the rows with a strictly
    smaller value), so equal values get equal scores whatever the order of the rows. `order='desc'`
    counts the score from the other end, so that the smallest value, shared or not, has the highest: where everybody
    bought today nobody is long gone. With cut points the score is 1 + how many of them are reached (`asc`: value >= cut point, `desc`:
    value <= cut point), whatever the other rows are. Null stays null and is not counted.
#}
{% macro quantile_score(column, order='asc', buckets=5, cut_points=none) -%}
    {%- if cut_points -%}
    case
        when {{ column }} is not null then cast(
            1
            {%- for cut_point in cut_points %}
            + case when {{ column }} {{ '>=' if order == 'asc' else '<=' }} {{ cut_point }} then 1 else 0 end
            {%- endfor %}
            as int)
    end
    {%- else -%}
    case
        when {{ column }} is not null then cast({{ '1 +' if order == 'asc' else buckets ~ ' -' }} floor(
            cast({{ buckets }} * (rank() over (order by {{ column }} asc nulls last) - 1) as double)
            / count({{ column }}) over ()
        ) as int)
    end
    {%- endif -%}
{%- endmacro %}
