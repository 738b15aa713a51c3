{# One row per strategy, whether repeats are allowed, k and user of the test period: how good the first k were. #}

with

counted as (

    select
        *,
        sum(case when is_hit then 1 else 0 end) over (
            partition by strategy, repeats_allowed, user_number
            order by recommendation_rank
            rows between unbounded preceding and current row
        ) as hits_so_far
    from {{ ref('int_seg__recommendation_lists') }}

),

summed as (

    {% for k in recommendation_cutoffs() %}
    select
        strategy,
        repeats_allowed,
        {{ k }} as k,
        user_number,
        has_history,
        target_count,
        sum(case when is_hit then 1 else 0 end) as hit_count,
        min(case when is_hit then recommendation_rank end) as first_hit_rank,
        {{ exact_sum('case when is_hit then ' ~ discounted_gain('recommendation_rank') ~ ' else 0 end') }} as gain,
        {{ ideal_discounted_gain('target_count', k) }} as ideal_gain,
        {{ exact_sum(
            'case when is_hit then cast(hits_so_far as double) / recommendation_rank else 0 end'
        ) }} as precision_sum
    from counted
    where recommendation_rank <= {{ k }}
    group by strategy, repeats_allowed, user_number, has_history, target_count
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    strategy,
    repeats_allowed,
    k,
    user_number,
    has_history,
    target_count,
    round(gain / ideal_gain, 6) as ndcg,
    case when hit_count > 0 then 1 else 0 end as has_hit,
    round(cast(hit_count as double) / target_count, 6) as recall,
    round(cast(hit_count as double) / k, 6) as precision_at_k,
    round(coalesce(1 / cast(first_hit_rank as double), 0), 6) as reciprocal_rank,
    round(precision_sum / least(target_count, k), 6) as average_precision
from summed
