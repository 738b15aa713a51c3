{#
    One row per strategy that was shown: by how much its candidates' scores are multiplied, so that what works is shown more.

    The reward of a strategy (`seg__feedback_reward` per examined impression) is Beta-Binomial around that of all strategies
    together, the prior worth `seg__feedback_prior_impressions` examined impressions: with little feedback the weight is
    near 1. A strategy without a row has weight 1.
#}

{% set prior = var('seg__feedback_prior_impressions') %}
{% set most = var('seg__max_strategy_weight') %}

with

counted as (

    select
        impressions.strategy,
        impressions.as_of_date,
        count(*) as impression_count,
        sum(impressions.{{ feedback_reward() }}) as reward_count,
        {{ exact_sum('examinations.examination') }} as examined_count
    from {{ ref('int_seg__recommendation_feedback_impressions') }} as impressions
    inner join {{ ref('int_seg__recommendation_feedback_examinations') }} as examinations
        on impressions.place = examinations.place
    group by impressions.strategy, impressions.as_of_date

),

with_prior as (

    select
        *,
        least(
            {{ ratio('sum(reward_count) over ()', 'sum(cast(examined_count as decimal(28, 8))) over ()') }}, 1
        ) as prior_mean
    from counted

),

with_posterior as (

    select
        *,
        least({{ ratio(
            'prior_mean * ' ~ prior ~ ' + reward_count', prior ~ ' + examined_count'
        ) }}, 1) as posterior_mean
    from with_prior

),

with_spread as (

    select
        *,
        -- Of the Beta distribution with these two parameters together.
        sqrt(posterior_mean * (1 - posterior_mean) / ({{ prior }} + examined_count + 1)) as posterior_deviation
    from with_posterior

)

select
    strategy,
    as_of_date,
    cast(impression_count as bigint) as impression_count,
    cast(reward_count as bigint) as reward_count,
    round(examined_count, 6) as examined_count,
    round(prior_mean, 8) as prior_mean,
    round(posterior_mean, 8) as posterior_mean,
    round(greatest(posterior_mean - {{ significance()['z'] }} * posterior_deviation, 0), 8) as posterior_low,
    round(least(posterior_mean + {{ significance()['z'] }} * posterior_deviation, 1), 8) as posterior_high,
    -- Nothing was ever rewarded: no strategy is better than another.
    round(coalesce(greatest(least({{ ratio('posterior_mean', 'prior_mean') }}, {{ most }}), 1.0 / {{ most }}), 1), 6) as weight
from with_spread
