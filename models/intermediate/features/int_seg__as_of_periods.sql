{#
    One row per as-of date: the days since the as-of date before it. Summing days into periods first, and periods into
    dates after, reads every day once however many dates there are.
#}
{{ config(materialized='view_in_place') }}

select
    as_of_date,
    split,
    coalesce(
        lag(as_of_date) over (order by as_of_date),
        cast('0001-01-01' as date)
    ) as period_start_date
from {{ ref('int_seg__as_of_dates') }}
