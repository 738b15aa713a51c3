{#
    One row per scheme and rule: how many of all users meet the rule and how many of these are in the segment that it
    names. Rule 0 are users who meet none. The rules run as they are published.
#}


with

users as (

    {{ users_as_of('scoring') }}

),

met as (

    {% for fit in fitted_segment_rules() %}
    select
        user_id,
        '{{ fit.scheme }}' as scheme,
        case
            {% for rule in fit.rules %}
            when {{ rule.rule_sql }} then {{ rule.rule_number }}
            {% endfor %}
            else 0
        end as rule_number
    from users
    union all
    {% endfor %}
    select
        user_id,
        cast(null as string) as scheme,
        cast(null as int) as rule_number
    from users
    where false

)

select
    met.scheme,
    cast(met.rule_number as int) as rule_number,
    count(*) as user_count,
    sum(case when user_segments.segment_key = rules.segment_key then 1 else 0 end) as hit_count
from met
inner join {{ ref('int_seg__published_user_segments') }} as user_segments
    on
        met.user_id = user_segments.user_id
        and met.scheme = user_segments.scheme
left join {{ ref('int_seg__segment_rule_texts') }} as rules
    on
        met.scheme = rules.scheme
        and met.rule_number = rules.rule_number
group by met.scheme, met.rule_number
