{#
    One row per user and rank at the scoring date: the products of the strategy that serves, with what speaks most for
    each.
#}

{% set repeats_allowed = var('seg__recommend_repeats') %}

with

candidates as (

    select candidates.*
    from {{ ref('int_seg__recommendation_candidates') }} as candidates
    inner join {{ ref('int_seg__as_of_dates') }} as as_of_dates
        on candidates.as_of_date = as_of_dates.as_of_date
    where
        as_of_dates.split = 'scoring'
        {% if not repeats_allowed %}
        and not candidates.is_repeat
        {% endif %}

),

blends as (

    select * from {{ ref('int_seg__recommendation_blends') }}
    where is_chosen and repeats_allowed = {{ repeats_allowed }}

),

-- Nothing measured yet: the blend serves.
champions as (

    select coalesce(max(strategy), 'personal') as champion
    from {{ ref('seg__recommendation_metrics') }}
    where
        is_champion
        and repeats_allowed = {{ repeats_allowed }}
        and metric_name = 'ndcg'
        and k = 10
        and user_group = 'all'

),

scored as (

    select
        candidates.*,
        champions.champion,
        case champions.champion
            when 'personal' then {{ blend_score('candidates', 'blends') }}
            when 'own_favourites' then candidates.favourite_strength
            else candidates.popularity
        end as raw_score,
        blends.own_weight * candidates.own_strength + blends.browse_weight * candidates.browse_strength as own_part,
        blends.similar_weight * candidates.similar_strength as similar_part,
        blends.popular_weight as popular_part
    from candidates
    cross join blends
    cross join champions

),

ranked as (

    select
        *,
        row_number() over (
            partition by as_of_date, user_number
            order by
                case when champion = 'popular' then 0 else raw_score end desc,
                popularity_rank
        ) as recommendation_rank
    from scored

)

select
    as_of_date,
    user_number,
    product_number,
    because_product_number,
    case
        when champion = 'popular' then 'popular'
        when is_repeat then 'repeat'
        when champion = 'own_favourites' then case when target_day_count > 0 then 'viewed' else 'popular' end
        when own_part > 0 and own_part >= similar_part and own_part >= popular_part then 'viewed'
        when similar_part > 0 and similar_part >= popular_part then 'similar'
        else 'popular'
    end as strategy,
    -- Monotone in the score and below 1.
    round(raw_score / (1 + raw_score), 6) as score,
    recommendation_rank,
    is_repeat
from ranked
where recommendation_rank <= {{ var('seg__recommendation_count') }}
