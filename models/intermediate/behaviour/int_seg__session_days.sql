{#
    One row per session and day: what was done in the session on that day. A session over midnight has two rows, so
    that features as of a date see only the part before it.
#}
{{ config(materialized='by_user') }}

with

events as (

    select
        events.*,
        bot_user_agents.rule_name as user_agent_rule_name
    from {{ events_of_run() }} as events
    left join {{ ref('int_seg__bot_user_agents') }} as bot_user_agents
        on events.user_agent = bot_user_agents.user_agent

),

summed as (

    select
        session_id,
        event_date,
        min(user_id) as first_user_id,
        max(user_id) as last_user_id,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        min(channel) as channel,
        min(device) as device,
        min(user_agent) as user_agent,
        min(user_agent_rule_name) as user_agent_rule_name,
        count(*) as event_count,
        {% for event_type in standard_event_types() %}
        sum(case when event_type = '{{ event_type }}' then 1 else 0 end) as {{ event_type }}_count,
        {% endfor %}
        {{ exact_sum('duration_seconds') }} as given_seconds
    from events
    group by session_id, event_date

),

-- A visitor who signs in half-way: the session is the later user's.
handed_over as (

    select
        session_id,
        event_date,
        user_id
    from (
        select
            events.session_id,
            events.event_date,
            events.user_id,
            row_number() over (
                partition by events.session_id, events.event_date
                order by events.occurred_at desc, events.event_id desc
            ) as event_number
        from {{ events_of_run() }} as events
        inner join summed
            on
                events.session_id = summed.session_id
                and events.event_date = summed.event_date
        where summed.first_user_id <> summed.last_user_id
    ) as numbered
    where event_number = 1

)

select
    summed.session_id,
    coalesce(handed_over.user_id, summed.first_user_id) as user_id,
    summed.first_user_id,
    summed.last_user_id,
    summed.event_date,
    summed.started_at,
    summed.ended_at,
    summed.channel,
    summed.device,
    summed.user_agent,
    summed.user_agent_rule_name,
    summed.event_count,
    {% for event_type in standard_event_types() %}
    summed.{{ event_type }}_count,
    {% endfor %}
    coalesce(summed.given_seconds, {{ seconds_between('summed.started_at', 'summed.ended_at') }}) as browse_seconds
from summed
left join handed_over
    on
        summed.session_id = handed_over.session_id
        and summed.event_date = handed_over.event_date
