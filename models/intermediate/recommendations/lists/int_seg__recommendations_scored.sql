{#
    One row per user and best candidates at the scoring date: the score by the strategy that serves, times how well feedback
    says what speaks most for the product works, and its place. Of each user as many as are listed or, where a limit per
    category or exploration lets products come up from below, a thousand.
#}
{{ config(materialized='kept_in_realtime', meta={'whole': 'view'}) }}

{% set repeats_allowed = var('seg__recommend_repeats') %}
{# What speaks for a product, and the strengths that say it; of those that speak alike the first is named. #}
{% set labels = {
    'viewed': ['viewed', 'latest'],
    'similar': ['similar'],
    'regression': ['regression'],
    'next': ['next'],
    'content': ['content'],
    'segment': ['segment'],
} %}
{# That products were the user's own is said by 'due' and 'repeat'. #}
{% set parts = {'own': ['own', 'favourite', 'recent', 'due']} %}
{% do parts.update(labels) %}
{% set strategies = labels | list + ['popular', 'due', 'repeat'] %}
{% set flag_count = 2 * strategies | length %}
{% set label_count = labels | length %}
{% set is_competing_below = var('seg__max_recommendations_per_category') is not none or var('seg__exploration_share') %}
{% set candidate_count = 1000 if is_competing_below else var('seg__recommendation_count') %}

with

users as (

    {{ serving_users() }}

),

-- Whole billionths: their sums do not depend on the order of the rows.
weighed as (

    select
        found.user_number,
        found.product_number,
        found.is_repeat,
        found.is_excluded,
        found.is_candidate,
        found.due_strength,
        {% for part, strengths in parts.items() %}
        cast(round(1000000000 * (
            {% for strength in strengths %}
            users.{{ strength }}_weight * found.{{ strength }}_strength{{ ' +' if not loop.last }}
            {% endfor %}
        )) as bigint) as {{ part }}_points{{ ',' if not loop.last }}
        {% endfor %}
    from {{ of_run('int_seg__recommendations_found') }} as found
    inner join users
        on found.user_number = users.user_number

),

-- What speaks most for a product is the highest points with their label behind them. The candidates of all users are the
-- most rows of any step: they hold two sums and no strengths.
candidates as (

    select
        user_number,
        product_number,
        cast(sum(
            {% for part in parts %}
            {{ part }}_points{{ ' +' if not loop.last }}
            {% endfor %}
        ) as bigint) as points,
        max(greatest(
            {% for label in labels %}
            {{ label }}_points * {{ label_count }} + {{ label_count - 1 - loop.index0 }}{{ ',' if not loop.last }}
            {% endfor %}
        )) as strongest,
        bool_or(is_repeat) as is_repeat,
        bool_or(is_repeat and due_strength >= 0.5) as is_due
    from weighed
    group by user_number, product_number
    having
        bool_or(is_candidate)
        and not bool_or(is_excluded)
        {% if not repeats_allowed %}
        and not bool_or(is_repeat)
        {% endif %}

),

with_popularity as (

    select
        candidates.user_number,
        candidates.points,
        candidates.strongest % {{ label_count }} as label_place,
        cast((candidates.strongest - candidates.strongest % {{ label_count }}) / {{ label_count }} as bigint) as label_points,
        candidates.is_repeat,
        candidates.is_due,
        users.is_by_popularity,
        products.popularity_rank,
        cast(round(1000000000 * (
            users.popular_weight * products.popularity + users.trending_weight * products.trend
        )) as bigint) as popular_points
    from candidates
    inner join users
        on candidates.user_number = users.user_number
    inner join {{ ref('int_seg__recommendable_products') }} as products
        on
            {{ stored_date('users.as_of_date') }} = products.as_of_date
            and candidates.product_number = products.product_number
    where products.is_eligible

),

labelled as (

    select
        user_number,
        popularity_rank,
        points + popular_points as points,
        is_repeat,
        case
            when is_by_popularity then {{ strategies.index('popular') }}
            -- Bought so often that it is about time.
            when is_due then {{ strategies.index('due') }}
            when is_repeat then {{ strategies.index('repeat') }}
            when label_points = 0 or label_points < popular_points then {{ strategies.index('popular') }}
            else {{ label_count - 1 }} - label_place
        end as strategy_number
    from with_popularity

),

strategy_weights as (

    select
        case strategy
            {% for strategy in strategies %}
            when '{{ strategy }}' then {{ loop.index0 }}
            {% endfor %}
        end as strategy_number,
        weight
    from {{ ref('int_seg__strategy_weights') }}

),

packed as (

    select
        labelled.user_number,
        {{ packed(
            'cast(round(labelled.points / 10.0 * coalesce(strategy_weights.weight, 1)) as bigint)',
            'labelled.popularity_rank',
            'labelled.strategy_number * 2 + case when labelled.is_repeat then 1 else 0 end',
            flag_count
        ) }} as packed
    from labelled
    left join strategy_weights
        on labelled.strategy_number = strategy_weights.strategy_number

),

unpacked as (

    select
        user_number,
        number_rank as raw_rank,
        packed % 2 = 1 as is_repeat,
        cast((packed % {{ flag_count }} - packed % 2) / 2 as bigint) as strategy_number,
        {{ packed_number('packed', flag_count) }} as popularity_rank,
        {{ packed_value('packed', flag_count) }} / 100000000 as raw_score
    from (
        {{ largest_numbers('packed', ['user_number'], 'packed', candidate_count) }}
    ) as largest

)

select
    users.as_of_date,
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
    unpacked.raw_rank
from unpacked
inner join users
    on unpacked.user_number = users.user_number
inner join {{ ref('int_seg__recommendable_products') }} as products
    on
        {{ stored_date('users.as_of_date') }} = products.as_of_date
        and unpacked.popularity_rank = products.popularity_rank
