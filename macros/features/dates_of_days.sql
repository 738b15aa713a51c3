{#
    A select of each day that a relation has (activity_date), and the dates that it counts for with all their columns. By the day,
    rows then find their dates in a hash table. With more than five dates, DuckDB sorts all rows to join them by an inequality (a
    grocer's 24 million rows: 31 s of processor time).
    relation: has activity_date. dates: a relation of few rows. counts_for: a condition between `days` and `dates`.
#}
{% macro dates_of_days(relation, dates, counts_for='days.activity_date < dates.as_of_date') -%}
    {# Distinct once more, as otherwise this join might be put off until after that by the day. #}
    select distinct
        days.activity_date,
        dates.*
    from (select distinct activity_date from {{ relation }}) as days
    inner join {{ dates }} as dates
        on {{ counts_for }}
{%- endmacro %}
