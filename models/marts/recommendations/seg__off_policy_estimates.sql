{#
    One row per target policy and estimator: the reward per impression that the policy would have had, from impressions that
    another policy showed.
#}
{% set minimum_sample = var('seg__off_policy_minimum_sample') %}
{% set minimum_users = var('seg__minimum_group_size') %}

with

weights as (

    select
        *,
        policy_reward + weight * (reward - expected_reward) as corrected_reward
    from {{ ref('int_seg__off_policy_weights') }}

),

summed as (

    select
        policy_type,
        policy,
        count(*) as impression_count,
        count(distinct user_id) as user_count,
        sum(case when full_weight > 0 then 1 else 0 end) as matched_count,
        sum(case when full_weight > weight then 1 else 0 end) as clipped_count,
        {{ exact_sum('full_weight') }} as full_weight_sum,
        {{ exact_sum('weight') }} as weight_sum,
        {{ exact_sum('weight * weight') }} as square_sum,
        {{ exact_sum('weight * reward') }} as reward_sum,
        {{ exact_sum('corrected_reward') }} as corrected_sum
    from weights
    group by policy_type, policy

),

valued as (

    select
        *,
        {{ ratio('full_weight_sum', 'impression_count') }} as mean_weight,
        coalesce({{ ratio('weight_sum * weight_sum', 'square_sum') }}, 0) as effective_count,
        {{ ratio('reward_sum', 'impression_count') }} as ips,
        {{ ratio('reward_sum', 'weight_sum') }} as snips,
        {{ ratio('corrected_sum', 'impression_count') }} as doubly_robust
    from summed

),

-- Impressions of one user are not independent: users are.
deviations as (

    select
        valued.policy_type,
        valued.policy,
        {{ exact_sum('weights.weight * weights.reward - valued.ips') }} as ips,
        {{ exact_sum('weights.weight * (weights.reward - valued.snips)') }} as snips,
        {{ exact_sum('weights.corrected_reward - valued.doubly_robust') }} as doubly_robust
    from weights
    inner join valued
        on
            weights.policy_type = valued.policy_type
            and weights.policy = valued.policy
    group by valued.policy_type, valued.policy, weights.user_id

),

spreads as (

    select
        policy_type,
        policy,
        {{ exact_sum('ips * ips') }} as ips,
        {{ exact_sum('snips * snips') }} as snips,
        {{ exact_sum('doubly_robust * doubly_robust') }} as doubly_robust
    from deviations
    group by policy_type, policy

),

estimated as (

    {% for estimator, size in {'ips': 'impression_count', 'snips': 'weight_sum', 'doubly_robust': 'impression_count'}.items() %}
    select
        valued.policy_type,
        valued.policy,
        '{{ estimator }}' as estimator,
        valued.impression_count,
        valued.user_count,
        valued.matched_count,
        valued.clipped_count,
        valued.mean_weight,
        valued.effective_count,
        valued.{{ estimator }} as policy_value,
        {{ significance()['z'] }} * {{ ratio(
            'sqrt(spreads.' ~ estimator ~ ' * ' ~ ratio('valued.user_count', 'valued.user_count - 1') ~ ')',
            'valued.' ~ size
        ) }} as half_width
    from valued
    inner join spreads
        on
            valued.policy_type = spreads.policy_type
            and valued.policy = spreads.policy
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

judged as (

    select
        *,
        case
            when user_count < {{ minimum_users }} then 'Shown to fewer than {{ minimum_users }} users'
            when policy_type = 'served' then 'The list of today was learnt from these impressions and what came of them'
            when effective_count < {{ minimum_sample }}
                then
                    'The impressions that the policy would have shown are worth '
                    || cast(cast(floor(effective_count) as bigint) as string)
                    || ', needed: {{ minimum_sample }}'
            when abs(mean_weight - 1) > 0.2
                then
                    'Weights average to ' || cast(cast(mean_weight as decimal(18, 2)) as string)
                    || ' instead of 1: what the policy shows was not always possible, or the propensities are not those of '
                    || 'the product in its place'
        end as reason
    from estimated

),

as_of_dates as (

    select as_of_date
    from {{ ref('int_seg__as_of_dates') }}
    where split = 'scoring'

)

select
    as_of_dates.as_of_date,
    cast(judged.policy_type as string) as policy_type,
    cast(judged.policy as string) as policy,
    cast(judged.estimator as string) as estimator,
    cast('{{ var("seg__feedback_reward") }}' as string) as reward,
    cast(judged.reason as string) as reason,
    {% for column in ['policy_value', 'interval_low', 'interval_high'] %}
    cast(round(
        case when judged.user_count >= {{ minimum_users }} then judged.policy_value {{ {
            'policy_value': '', 'interval_low': '- judged.half_width', 'interval_high': '+ judged.half_width'
        }[column] }} end, 8
    ) as double) as {{ column }},
    {% endfor %}
    cast(judged.impression_count as bigint) as impression_count,
    cast(judged.user_count as bigint) as user_count,
    cast(judged.matched_count as bigint) as matched_count,
    cast(judged.clipped_count as bigint) as clipped_count,
    cast(round(judged.mean_weight, 6) as double) as mean_weight,
    cast(round(judged.effective_count, 2) as double) as effective_impression_count,
    judged.reason is null as is_usable
from judged
cross join as_of_dates
