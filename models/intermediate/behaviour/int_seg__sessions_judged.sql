{# One row per session that a rule takes for a bot's: the first rule by name that it met. #}

with

bot_rules as (

    {{ reference_rows('bot_rules', 'rule_name', ['rule_name', 'measure', 'minimum']) }}

),

sessions as (

    select
        *,
        {{ ratio('browse_event_count', 'greatest(duration_seconds / 60, 1)') }} as browse_events_per_minute,
        sum(browse_event_count) over (partition by user_id, session_date) as user_day_event_count
    from {{ ref('int_seg__sessions_summed') }}

),

flagged as (

    select
        session_id,
        user_agent_rule_name as rule_name
    from sessions
    where user_agent_rule_name is not null

    union all

    select
        sessions.session_id,
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
    min(rule_name) as rule_name
from flagged
group by session_id
