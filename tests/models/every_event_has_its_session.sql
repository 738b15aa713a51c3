{# Sessions whose event count differs from their events, and events without a session. #}
select
    coalesce(events.session_id, sessions.session_id) as session_id,
    events.event_count,
    sessions.event_count as session_event_count
from (
    select
        session_id,
        count(*) as event_count
    from {{ events_of_run() }}
    group by session_id
) as events
full outer join (
    select *
    from {{ ref('seg__sessions') }}
    where {{ only_users_to_refresh('user_id') }}
) as sessions
    on events.session_id = sessions.session_id
where events.event_count is distinct from sessions.event_count
