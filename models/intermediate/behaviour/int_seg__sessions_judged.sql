{# One row per session that a rule takes for a bot's: the first rule by name that it met. #}
{{ config(materialized='by_user') }}
{% set as_of_date %}cast('{{ as_of_limit() }}' as date){% endset %}

with

bot_rules as (

    {{ reference_rows('bot_rules', 'rule_name', ['rule_name', 'measure', 'minimum']) }}

),

-- What comes at or after the as-of date does not judge what came before: of a session over it the part before counts.
judged as (

    select
        session_days.session_id,
        sessions.session_date,
        max_by(session_days.user_id, session_days.event_date) as user_id,
        min(session_days.user_agent_rule_name) as user_agent_rule_name,
        -- An order of a thousand lines is a thousand purchases in one second, and no bot.
        sum(session_days.event_count - session_days.purchase_count) as browse_event_count,
        {{ seconds_between('min(session_days.started_at)', 'max(session_days.ended_at)') }} as duration_seconds
    from {{ ref('int_seg__session_days') }} as session_days
    inner join {{ ref('int_seg__sessions_summed') }} as sessions
        on session_days.session_id = sessions.session_id
    where
        (session_days.event_date < {{ as_of_date }} or sessions.session_date >= {{ as_of_date }})
        and {{ only_users_to_refresh('session_days.user_id') }}
    group by session_days.session_id, sessions.session_date

),

sessions as (

    select
        *,
        {{ ratio('browse_event_count', 'greatest(duration_seconds / 60, 5)') }} as browse_events_per_minute,
        sum(browse_event_count) over (partition by user_id, session_date) as user_day_event_count
    from judged

),

flagged as (

    select
        session_id,
        user_id,
        user_agent_rule_name as rule_name
    from sessions
    where user_agent_rule_name is not null

    union all

    select
        sessions.session_id,
        sessions.user_id,
        bot_rules.rule_name
    from sessions
    inner join bot_rules
        on
            (
                bot_rules.measure = 'session_events_per_minute'
                and sessions.browse_events_per_minute >= bot_rules.minimum
            )
            or (bot_rules.measure = 'session_event_count' and sessions.browse_event_count >= bot_rules.minimum)
            or (bot_rules.measure = 'user_day_event_count' and sessions.user_day_event_count >= bot_rules.minimum)

)

select
    session_id,
    min(user_id) as user_id,
    min(rule_name) as rule_name
from flagged
group by session_id
