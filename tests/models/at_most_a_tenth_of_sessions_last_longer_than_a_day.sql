{#
    A session id that the shop gives out again, on another day or to somebody else, makes one session of several visits:
    then `concat(session_id, user_id, date)`, or no id at all, is the better `session_id`.
#}
{{ config(severity='warn') }}

with

counted as (

    select
        count(*) as session_count,
        sum(case when duration_seconds > 86400 then 1 else 0 end) as long_session_count
    from {{ ref('seg__sessions') }}

)

select *
from counted
where long_session_count >= 20 and long_session_count > 0.1 * session_count
