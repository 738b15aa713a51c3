{# One row per session. #}
{{ config(materialized='by_user') }}
select
    sessions.session_id,
    sessions.user_id,
    sessions.started_at,
    sessions.ended_at,
    sessions.session_date,
    sessions.channel,
    sessions.device,
    sessions.user_agent,
    bots.rule_name as bot_rule_name,
    cast(sessions.event_count as bigint) as event_count,
    {% for event_type in standard_event_types() %}
    cast(sessions.{{ event_type }}_count as bigint) as {{ event_type }}_count,
    {% endfor %}
    cast(sessions.duration_seconds as double) as duration_seconds,
    cast(sessions.browse_seconds as double) as browse_seconds,
    bots.session_id is not null as is_bot
from {{ ref('int_seg__sessions_summed') }} as sessions
left join {{ ref('int_seg__sessions_judged') }} as bots
    on sessions.session_id = bots.session_id
where {{ only_users_to_refresh('sessions.user_id') }}
