{# One row per strategy, whether repeats are allowed, user of the test period and rank: what would have been shown. #}

{% set list_length = recommendation_cutoffs() | max %}

with

hits as (

    select * from {{ ref('int_seg__recommendation_hits') }}
    where split = 'test'

),

target_counts as (

    select * from {{ ref('int_seg__recommendation_targets_counted') }}
    where split = 'test'

),

blends as (

    select * from {{ ref('int_seg__recommendation_blends') }}
    where is_chosen

),

scored as (

    select
        hits.*,
        target_counts.repeats_allowed,
        target_counts.target_count,
        target_counts.has_history,
        {{ blend_score('hits', 'blends') }} as blend_score
    from hits
    inner join target_counts
        on
            hits.user_number = target_counts.user_number
            and (target_counts.repeats_allowed or not hits.is_repeat)
    inner join blends
        on target_counts.repeats_allowed = blends.repeats_allowed

),

ranked as (

    {% for strategy, score in [
        ('personal', 'blend_score'),
        ('similar', 'similar_strength'),
        ('popular', '0'),
        ('own_favourites', 'favourite_strength'),
    ] %}
    select
        '{{ strategy }}' as strategy,
        repeats_allowed,
        as_of_date,
        user_number,
        product_number,
        target_count,
        has_history,
        is_hit,
        row_number() over (
            partition by repeats_allowed, user_number
            order by {{ score }} desc, popularity_rank
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
