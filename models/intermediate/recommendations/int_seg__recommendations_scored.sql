{#
    One row per user and best candidates at the scoring date: the score by the strategy that serves, times how well feedback
    says what speaks most for the product works, and its place. Of each user as many as are listed or, where a limit per
    category or exploration lets products come up from below, a thousand.
#}
{{ config(materialized='kept_in_realtime', meta={'whole': 'view'}) }}

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
{% set strategies = ['due', 'repeat'] + labels | list %}
{% set flag_count = 2 * strategies | length %}
{% set is_competing_below = var('seg__max_recommendations_per_category') is not none or var('seg__exploration_share') %}
{% set candidate_count = 1000 if is_competing_below else var('seg__recommendation_count') %}
{% set label_of_strategy = {'own_favourites': 'popular', 'segment_popular': 'segment'} %}

with

candidates as (

    select
        candidates.*,
        users.user_id,
        to_personalise.user_id is not null as is_personalised
    from {{ of_run('int_seg__recommendation_candidates') }} as candidates
    inner join {{ of_run('int_seg__recommendation_users') }} as users
        on
            candidates.as_of_date = users.as_of_date
            and candidates.user_number = users.user_number
    left join {{ ref('int_seg__users_to_personalise') }} as to_personalise
        on users.user_id = to_personalise.user_id
    where
        candidates.split = 'scoring'
        {% if not repeats_allowed %}
        and not candidates.is_repeat
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

weighed as (

    select
        candidates.as_of_date,
        candidates.user_id,
        candidates.user_number,
        candidates.product_number,
        candidates.popularity_rank,
        candidates.popular_strength,
        candidates.favourite_strength,
        candidates.due_strength,
        candidates.is_repeat,
        case when candidates.is_personalised then champions.champion else 'popular' end as champion,
        case
            when not candidates.is_personalised then candidates.popular_strength
            when champions.champion = 'personal' then {{ blend_score('candidates', 'blends') }}
            {% for strategy, strength in recommendation_strategies().items() %}
            when champions.champion = '{{ strategy }}' then candidates.{{ strength }}_strength
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

labelled as (

    select
        *,
        case
            -- Bought so often that it is about time.
            when champion <> 'popular' and is_repeat and due_strength >= 0.5 then 'due'
            when champion <> 'popular' and is_repeat then 'repeat'
            {% for strategy in recommendation_strategies() %}
            when champion = '{{ strategy }}' then '{{ label_of_strategy.get(strategy, strategy) }}'
            {% endfor %}
            {% for label in labels %}
            when {{ label }}_part > 0 and {{ label }}_part = greatest(
                {% for other in labels %}
                {{ other }}_part{{ ',' if not loop.last }}
                {% endfor %}
            ) then '{{ label }}'
            {% endfor %}
            else 'popular'
        end as strategy
    from weighed

),

flagged as (

    select
        *,
        case strategy
            {% for strategy in strategies %}
            when '{{ strategy }}' then {{ 2 * loop.index0 }}
            {% endfor %}
        end
        + case when is_repeat then 1 else 0 end as flag
    from labelled

),

packed as (

    select
        flagged.as_of_date,
        flagged.user_number,
        {{ packed(
            'cast(round(flagged.raw_score * coalesce(weights.weight, 1) * 100000000) as bigint)',
            'flagged.popularity_rank', 'flagged.flag', flag_count
        ) }} as packed
    from flagged
    left join {{ ref('int_seg__strategy_weights') }} as weights
        on flagged.strategy = weights.strategy

),

unpacked as (

    select
        as_of_date,
        user_number,
        packed,
        packed % 2 = 1 as is_repeat,
        cast((packed % {{ flag_count }} - packed % 2) / 2 as bigint) as strategy_number,
        {{ packed_number('packed', flag_count) }} as popularity_rank,
        {{ packed_value('packed', flag_count) }} / 100000000 as raw_score
    from (
        {{ largest_numbers('packed', ['as_of_date', 'user_number'], 'packed', candidate_count) }}
    ) as largest

)

select
    unpacked.as_of_date,
    users.user_id,
    unpacked.user_number,
    products.product_number,
    case unpacked.strategy_number
        {% for strategy in strategies %}
        when {{ loop.index0 }} then '{{ strategy }}'
        {% endfor %}
    end as strategy,
    unpacked.is_repeat,
    round(unpacked.raw_score, 8) as raw_score,
    row_number() over (
        partition by unpacked.as_of_date, unpacked.user_number
        order by unpacked.packed desc
    ) as raw_rank
from unpacked
inner join {{ ref('int_seg__recommendable_products') }} as products
    on
        {{ stored_date('unpacked.as_of_date') }} = products.as_of_date
        and unpacked.popularity_rank = products.popularity_rank
inner join {{ of_run('int_seg__recommendation_users') }} as users
    on
        unpacked.as_of_date = users.as_of_date
        and unpacked.user_number = users.user_number
