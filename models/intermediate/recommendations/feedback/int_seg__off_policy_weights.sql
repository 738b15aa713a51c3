{#
    One row per target policy and impression that it can be compared at: the importance weight (how much more likely the
    policy shows this product here than what was logged), the reward expected of what was shown, and that expected of
    what the policy shows.

    A strategy served alone is compared as a strategy: it names one product per user and place, so that the propensity of
    its product is that of the strategy. Where that is not so its weights do not average to 1, which the estimates say.
#}

with

rounds as (

    select * from {{ ref('int_seg__off_policy_rounds') }}

),

rewards as (

    select * from {{ ref('int_seg__off_policy_rewards') }}

),

policies as (

    select * from {{ ref('int_seg__off_policy_policies') }}

),

folds as (

    select 0 as fold
    union all
    select 1 as fold

),

valued as (

    select
        policies.policy_type,
        policies.policy,
        policies.user_id,
        policies.place,
        folds.fold,
        {{ exact_sum(
            'policies.probability * coalesce(rewards.expected_reward, place_rewards.expected_reward)'
        ) }} as policy_reward
    from policies
    cross join folds
    inner join rewards as place_rewards
        on
            folds.fold = place_rewards.fold
            and policies.place = place_rewards.place
            and place_rewards.action_kind = 'place'
    left join rewards
        on
            folds.fold = rewards.fold
            and policies.place = rewards.place
            and policies.product_id = rewards.action
            and rewards.action_kind = 'product'
    group by policies.policy_type, policies.policy, policies.user_id, policies.place, folds.fold

),

{# Policies that look at the user, and those that do not: two joins by equality instead of one by `or`. #}
compared as (

    {% for condition in ['valued.user_id = rounds.user_id', 'valued.user_id is null'] %}
    select
        valued.policy_type,
        valued.policy,
        valued.user_id as policy_user_id,
        rounds.impression_id,
        rounds.user_id,
        rounds.product_id,
        rounds.place,
        rounds.fold,
        rounds.propensity,
        rounds.reward,
        valued.policy_reward
    from rounds
    inner join valued
        on
            rounds.place = valued.place
            and rounds.fold = valued.fold
            and {{ condition }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

by_product as (

    {% for is_null in ['not null', 'null'] %}
    select
        compared.policy_type,
        compared.policy,
        compared.impression_id,
        compared.user_id,
        compared.reward,
        coalesce({{ ratio('policies.probability', 'compared.propensity') }}, 0) as weight,
        compared.policy_reward,
        coalesce(rewards.expected_reward, place_rewards.expected_reward) as expected_reward
    from compared
    inner join rewards as place_rewards
        on
            compared.fold = place_rewards.fold
            and compared.place = place_rewards.place
            and place_rewards.action_kind = 'place'
    left join rewards
        on
            compared.fold = rewards.fold
            and compared.place = rewards.place
            and compared.product_id = rewards.action
            and rewards.action_kind = 'product'
    left join policies
        on
            compared.policy_type = policies.policy_type
            and compared.policy = policies.policy
            and compared.place = policies.place
            and compared.product_id = policies.product_id
            and {{ 'compared.policy_user_id = policies.user_id' if loop.first else 'policies.user_id is null' }}
    where compared.policy_user_id is {{ is_null }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

strategies as (

    select distinct
        strategy,
        place
    from rounds

),

by_strategy as (

    select
        'strategy' as policy_type,
        strategies.strategy as policy,
        rounds.impression_id,
        rounds.user_id,
        rounds.reward,
        case when rounds.strategy = strategies.strategy then {{ ratio('1', 'rounds.propensity') }} else 0 end as weight,
        coalesce(rewards.expected_reward, place_rewards.expected_reward) as policy_reward,
        -- Only what the strategy showed has a weight: its reward is that of the policy.
        coalesce(rewards.expected_reward, place_rewards.expected_reward) as expected_reward
    from rounds
    inner join strategies
        on rounds.place = strategies.place
    inner join rewards as place_rewards
        on
            rounds.fold = place_rewards.fold
            and rounds.place = place_rewards.place
            and place_rewards.action_kind = 'place'
    left join rewards
        on
            rounds.fold = rewards.fold
            and rounds.place = rewards.place
            and strategies.strategy = rewards.action
            and rewards.action_kind = 'strategy'

),

unioned as (

    select * from by_product

    union all

    select * from by_strategy

    union all

    select
        'logged' as policy_type,
        'logged' as policy,
        impression_id,
        user_id,
        reward,
        cast(1 as double) as weight,
        cast(0 as double) as policy_reward,
        cast(0 as double) as expected_reward
    from rounds

)

select
    cast(policy_type as string) as policy_type,
    cast(policy as string) as policy,
    impression_id,
    user_id,
    cast(reward as double) as reward,
    weight as full_weight,
    least(weight, cast({{ var('seg__off_policy_max_weight') }} as double)) as weight,
    policy_reward,
    expected_reward
from unioned
