{#
    One row, or none while the history is too short: the latest date at which users can be grouped and what they did next
    is known, a whole window before the scoring date.
#}

with

known as (

    select
        outcome_windows.as_of_date,
        outcome_windows.label_until_date,
        outcome_windows.window_days
    from {{ ref('int_seg__outcome_windows') }} as outcome_windows
    inner join {{ ref('int_seg__as_of_dates') }} as as_of_dates
        on
            outcome_windows.label_until_date <= as_of_dates.as_of_date
            and as_of_dates.split = 'scoring'
    where
        outcome_windows.split <> 'scoring'
        and outcome_windows.horizon_days = {{ var('seg__horizon_days') }}

),

latest as (

    select max(as_of_date) as as_of_date
    from known

)

select known.*
from known
inner join latest
    on known.as_of_date = latest.as_of_date
