{# The branches of a `case` that reject a row for its time: unset clocks and clocks that run ahead. #}
{% macro time_reject_reason(column) -%}
        when {{ column }} is null then 'missing_{{ column }}'
        when {{ column }} < cast('{{ var("seg__earliest_date") }}' as timestamp) then 'before_earliest_date'
        when {{ column }} >= {{ build_started_at() }} then 'in_the_future'
{%- endmacro %}

{# When this build started, in UTC: nothing can have happened later. #}
{% macro build_started_at() -%}
    cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp)
{%- endmacro %}
