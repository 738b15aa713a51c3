{# One row per strategy, whether repeats are allowed, user of the test period and rank: what would have been shown. #}

{% set list_length = recommendation_cutoffs() | max %}
{% set scores = {'personal': 'blend_score'} %}
{% for strategy, strength in recommendation_strategies().items() %}
{% do scores.update({strategy: strength ~ '_strength'}) %}
{% endfor %}

with

scored as (

    select
        target_counts.repeats_allowed,
        hits.as_of_date,
        hits.user_number,
        hits.popularity_rank,
        case when hits.is_hit then 2 else 0 end + case when hits.is_repeat then 1 else 0 end as flags,
        {% for strength in recommendation_strategies().values() %}
        hits.{{ strength }}_strength,
        {% endfor %}
        {{ blend_score('hits', 'blends') }} as blend_score
    from {{ ref('int_seg__recommendation_hits') }} as hits
    inner join {{ ref('int_seg__recommendation_targets_counted') }} as target_counts
        on
            hits.as_of_date = target_counts.as_of_date
            and hits.user_number = target_counts.user_number
            and (target_counts.repeats_allowed or not hits.is_repeat)
    inner join {{ ref('int_seg__recommendation_blends') }} as blends
        on
            target_counts.repeats_allowed = blends.repeats_allowed
            and hits.history_group = blends.history_group
    where hits.split = 'test'

),

-- Windows over all candidates, one per strategy, took six times as long.
packed as (

    select
        repeats_allowed,
        as_of_date,
        user_number,
        {% for strategy, score in scores.items() %}
        {{ packed('cast(round(' ~ score ~ ' * 1000000000) as bigint)', 'popularity_rank', 'flags', 4) }} as {{ strategy }}_packed
        {{- ',' if not loop.last }}
        {% endfor %}
    from scored

),

listed as (

    {% for strategy in scores %}
    select
        '{{ strategy }}' as strategy,
        repeats_allowed,
        as_of_date,
        user_number,
        {{ strategy }}_packed as packed,
        number_rank as recommendation_rank
    from (
        {{ largest_numbers('packed', ['repeats_allowed', 'as_of_date', 'user_number'], strategy ~ '_packed', list_length) }}
    ) as largest
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

ranked as (

    select
        strategy,
        repeats_allowed,
        as_of_date,
        user_number,
        {{ packed_number('packed', 4) }} as popularity_rank,
        packed % 4 >= 2 as is_hit,
        packed % 2 = 1 as is_repeat,
        recommendation_rank
    from listed
    -- Without repeats nobody has favourites left to show.
    where strategy <> 'own_favourites' or repeats_allowed

)

select
    ranked.strategy,
    ranked.repeats_allowed,
    ranked.as_of_date,
    ranked.user_number,
    products.product_number,
    target_counts.target_count,
    target_counts.has_history,
    users.history_group,
    ranked.is_hit,
    ranked.is_repeat,
    ranked.recommendation_rank
from ranked
inner join {{ ref('int_seg__recommendable_products') }} as products
    on
        ranked.as_of_date = products.as_of_date
        and ranked.popularity_rank = products.popularity_rank
inner join {{ ref('int_seg__recommendation_targets_counted') }} as target_counts
    on
        ranked.as_of_date = target_counts.as_of_date
        and ranked.repeats_allowed = target_counts.repeats_allowed
        and ranked.user_number = target_counts.user_number
inner join {{ ref('int_seg__recommendation_users') }} as users
    on
        ranked.as_of_date = users.as_of_date
        and ranked.user_number = users.user_number
