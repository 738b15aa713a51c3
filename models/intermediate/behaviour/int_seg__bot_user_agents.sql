{# One row per user agent that a rule takes for a program: the rule that it met. #}
select
    user_agents.user_agent,
    min(bot_rules.rule_name) as rule_name
from (
    select distinct user_agent
    from {{ ref('stg_seg__events') }}
    where user_agent is not null
) as user_agents
inner join (
    {{ reference_rows('bot_rules', 'rule_name', ['rule_name', 'measure', 'pattern']) }}
) as bot_rules
    on
        bot_rules.measure = 'user_agent'
        and {{ matches_pattern('lower(user_agents.user_agent)', 'bot_rules.pattern') }}
group by user_agents.user_agent
