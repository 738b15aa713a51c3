{# One row per user and day with an event outside bot sessions: how many of each kind, and when. #}
{{ config(materialized='ephemeral') }}

with

events as (

    select
        events.user_id,
        events.event_date,
        events.event_type,
        extract(hour from events.occurred_at) as hour_of_day,
        -- Days since a Monday, so that no engine's count of weekdays matters.
        {{ dbt.datediff("cast('1990-01-01' as date)", 'events.event_date', 'day') }} % 7 as weekday_number
    from {{ events_of_run() }} as events
    left join {{ ref('int_seg__sessions_judged') }} as bots
        on events.session_id = bots.session_id
    where bots.session_id is null

)

select
    user_id,
    event_date as activity_date,
    count(*) as event_count,
    {% for event_type in standard_event_types() %}
    sum(case when event_type = '{{ event_type }}' then 1 else 0 end) as {{ event_type }}_count,
    {% endfor %}
    sum(case when hour_of_day < 6 then 1 else 0 end) as night_event_count,
    sum(case when hour_of_day >= 6 and hour_of_day < 12 then 1 else 0 end) as morning_event_count,
    sum(case when hour_of_day >= 12 and hour_of_day < 18 then 1 else 0 end) as afternoon_event_count,
    sum(case when hour_of_day >= 18 then 1 else 0 end) as evening_event_count,
    sum(case when weekday_number >= 5 then 1 else 0 end) as weekend_event_count
from events
group by user_id, event_date
