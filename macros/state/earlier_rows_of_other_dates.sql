{#
    A select of what the model itself held before the build for other as-of dates than this one, whose rows the build
    writes anew: how a table of state grows by dates.
#}
{% macro earlier_rows_of_other_dates(columns) %}
    select earlier.*
    from ({{ earlier_rows(columns) }}) as earlier
    left join {{ ref('int_seg__as_of_dates') }} as run
        on
            earlier.as_of_date = run.as_of_date
            and run.split = 'scoring'
    where run.as_of_date is null
{% endmacro %}
