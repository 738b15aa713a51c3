{#
    One row per strategy, whether repeats are allowed, k and user of the test period: how good the first k were. A user
    for whom a strategy has nothing to show is measured with an empty list: strategies are compared over the same users.
#}

{% set cutoffs = recommendation_cutoffs() %}

with

lists as (

    select * from {{ ref('int_seg__recommendation_lists') }}

),

strategies as (

    select distinct
        strategy,
        repeats_allowed
    from lists

),

users as (

    select distinct
        repeats_allowed,
        user_number,
        history_group,
        target_count
    from lists

),

cutoffs as (

    {% for k in cutoffs %}
    select {{ k }} as k
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

hits as (

    select
        strategy,
        repeats_allowed,
        user_number,
        recommendation_rank,
        row_number() over (
            partition by strategy, repeats_allowed, user_number
            order by recommendation_rank
        ) as hits_so_far
    from lists
    where is_hit

),

summed as (

    select
        strategies.strategy,
        users.repeats_allowed,
        cutoffs.k,
        users.user_number,
        users.history_group,
        users.target_count,
        {{ ideal_discounted_gain('least(users.target_count, cutoffs.k)', cutoffs | max) }} as ideal_gain,
        count(hits.recommendation_rank) as hit_count,
        min(hits.recommendation_rank) as first_hit_rank,
        {{ exact_sum(
            'case when hits.hits_so_far is not null then ' ~ discounted_gain('hits.recommendation_rank') ~ ' else 0 end'
        ) }} as gain,
        {{ exact_sum(
            'coalesce(cast(hits.hits_so_far as double) / hits.recommendation_rank, 0)'
        ) }} as precision_sum
    from users
    inner join strategies
        on users.repeats_allowed = strategies.repeats_allowed
    cross join cutoffs
    left join hits
        on
            strategies.strategy = hits.strategy
            and users.repeats_allowed = hits.repeats_allowed
            and users.user_number = hits.user_number
            and cutoffs.k >= hits.recommendation_rank
    group by
        strategies.strategy,
        users.repeats_allowed,
        cutoffs.k,
        users.user_number,
        users.history_group,
        users.target_count

)

select
    strategy,
    repeats_allowed,
    k,
    user_number,
    history_group,
    target_count,
    round(gain / ideal_gain, 6) as ndcg,
    case when hit_count > 0 then 1 else 0 end as has_hit,
    round(cast(hit_count as double) / target_count, 6) as recall,
    round(cast(hit_count as double) / k, 6) as precision_at_k,
    round(coalesce(1 / cast(first_hit_rank as double), 0), 6) as reciprocal_rank,
    round(precision_sum / least(target_count, k), 6) as average_precision
from summed
