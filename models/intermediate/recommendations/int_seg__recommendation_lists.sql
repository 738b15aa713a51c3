{# One row per strategy, whether repeats are allowed, user of the test period and rank: what would have been shown. #}

{% set list_length = recommendation_cutoffs() | max %}
{% set scores = {'personal': 'blend_score'} %}
{% for strategy, strength in recommendation_strategies().items() %}
{% do scores.update({strategy: strength ~ '_strength'}) %}
{% endfor %}

with

scored as (

    select
        hits.*,
        target_counts.repeats_allowed,
        target_counts.target_count,
        target_counts.has_history,
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

ranked as (

    {% for strategy, score in scores.items() %}
    select
        '{{ strategy }}' as strategy,
        repeats_allowed,
        as_of_date,
        user_number,
        product_number,
        target_count,
        has_history,
        history_group,
        is_hit,
        is_repeat,
        row_number() over (
            partition by repeats_allowed, user_number
            order by {{ score }} desc, popularity_rank asc
        ) as recommendation_rank
    from scored
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from ranked
where
    recommendation_rank <= {{ list_length }}
    -- Without repeats nobody has favourites left to show.
    and (strategy <> 'own_favourites' or repeats_allowed)
