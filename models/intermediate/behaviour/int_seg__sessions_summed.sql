{# One row per session: its user, its times and what was done in it. #}
{{ config(materialized='by_user') }}
select
    session_id,
    max_by(user_id, event_date) as user_id,
    min(first_user_id) as first_user_id,
    max(last_user_id) as last_user_id,
    min(started_at) as started_at,
    max(ended_at) as ended_at,
    cast(min(started_at) as date) as session_date,
    min(case when purchase_count > 0 then event_date end) as first_purchase_date,
    min(channel) as channel,
    min(device) as device,
    min(user_agent) as user_agent,
    min(user_agent_rule_name) as user_agent_rule_name,
    sum(event_count) as event_count,
    {% for event_type in standard_event_types() %}
    sum({{ event_type }}_count) as {{ event_type }}_count,
    {% endfor %}
    {{ seconds_between('min(started_at)', 'max(ended_at)') }} as duration_seconds,
    {{ exact_sum('browse_seconds') }} as browse_seconds
from {{ ref('int_seg__session_days') }}
where {{ only_users_to_refresh('user_id') }}
group by session_id
