{#
    One row per user and rank at the scoring date: the products of the strategy that serves, with what speaks most for
    each.
#}

{% set repeats_allowed = var('seg__recommend_repeats') %}
{# What speaks for a product, and the strengths that say it. #}
{% set labels = {
    'viewed': ['viewed', 'latest'],
    'similar': ['similar'],
    'regression': ['regression'],
    'next': ['next'],
    'content': ['content'],
    'segment': ['segment'],
    'popular': ['popular', 'trending'],
} %}
{% set own_labels = {'own_favourites': 'popular', 'segment_popular': 'segment'} %}

with

candidates as (

    select *
    from {{ ref('int_seg__recommendation_candidates') }}
    where
        split = 'scoring'
        {% if not repeats_allowed %}
        and not is_repeat
        {% endif %}

),

blends as (

    select * from {{ ref('int_seg__recommendation_blends') }}
    where repeats_allowed = {{ repeats_allowed }}

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
            {% for strategy, strength in recommendation_strategies().items() %}
            when '{{ strategy }}' then candidates.{{ strength }}_strength
            {% endfor %}
        end as raw_score,
        {% for label, strengths in labels.items() %}
        {% for strength in strengths %}
        blends.{{ strength }}_weight * candidates.{{ strength }}_strength{{ ' +' if not loop.last }}
        {% endfor %}
        as {{ label }}_part{{ ',' if not loop.last }}
        {% endfor %}
    from candidates
    inner join blends
        on candidates.history_group = blends.history_group
    cross join champions

),

ranked as (

    select
        *,
        greatest(
            {% for label in labels %}
            {{ label }}_part{{ ',' if not loop.last }}
            {% endfor %}
        ) as largest_part,
        row_number() over (
            partition by as_of_date, user_number
            order by raw_score desc, popularity_rank asc
        ) as recommendation_rank
    from scored

)

select
    as_of_date,
    user_number,
    product_number,
    case
        -- Bought so often that it is about time.
        when is_repeat and due_strength >= 0.5 then 'due'
        when is_repeat then 'repeat'
        {% for strategy in recommendation_strategies() %}
        when champion = '{{ strategy }}' then '{{ own_labels.get(strategy, strategy) }}'
        {% endfor %}
        when largest_part = 0 then 'popular'
        {% for label in labels %}
        when {{ label }}_part = largest_part then '{{ label }}'
        {% endfor %}
    end as strategy,
    -- Monotone in the score and below 1.
    round(raw_score / (1 + raw_score), 6) as score,
    recommendation_rank,
    is_repeat
from ranked
where recommendation_rank <= {{ var('seg__recommendation_count') }}
