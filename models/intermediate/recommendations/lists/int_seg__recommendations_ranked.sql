{#
    One row per user and rank at the scoring date: the best candidates, no more of a category than may be, and in an
    exploring list one that would not have had a place.
#}
{{ config(
    materialized='kept_in_realtime',
    pre_hook="{{ begin_turns('int_seg__recommendation_users') }}",
    post_hook="{{ make_other_turns('int_seg__recommendation_users') }}"
) }}

{% set list_count = var('seg__recommendation_count') %}

with

scored as (

    select
        scored.*,
        products.category
    from {{ of_run('int_seg__recommendations_scored') }} as scored
    inner join {{ ref('int_seg__recommendable_products') }} as products
        on
            {{ stored_date('scored.as_of_date') }} = products.as_of_date
            and scored.product_number = products.product_number
    {% if var('seg__max_recommendations_per_category') is none and not var('seg__exploration_share') %}
    -- Nobody comes up from below.
    where scored.raw_rank <= {{ list_count }}
    {% endif %}

),

diverse as (

    {{ diversified('scored', ['user_number'], var('seg__max_recommendations_per_category')) }}

),

{% if var('seg__exploration_share') %}
counted as (

    select
        *,
        -- What would be too many of its category stands last and is not tried.
        greatest(sum(case when is_too_many then 0 else 1 end) over (partition by user_number) - {{ list_count }}, 0) as pool_count
    from diverse

),

-- The two change places.
explored as (

    select
        *,
        pool_count > 0 and {{ explores('user_id', 'as_of_date') }} as is_exploring,
        {{ exploring_place('user_id', 'as_of_date', list_count) }} as given_place,
        {{ list_count }} + {{ exploring_rank('user_id', 'as_of_date', 'greatest(pool_count, 1)') }} as taken_rank
    from counted

),

ranked as (

    select
        as_of_date,
        user_number,
        product_number,
        strategy,
        raw_score,
        is_repeat,
        is_exploring and recommendation_rank = taken_rank as is_explored,
        case
            when is_exploring and recommendation_rank = taken_rank then given_place
            when is_exploring and recommendation_rank = given_place then taken_rank
            else recommendation_rank
        end as recommendation_rank,
        pool_count
    from explored

)
{% else %}
ranked as (

    select
        *,
        false as is_explored,
        0 as pool_count
    from diverse

)
{% endif %}

select
    as_of_date,
    user_number,
    product_number,
    strategy,
    -- Monotone in the score and below 1.
    round(raw_score / (1 + raw_score), 6) as score,
    recommendation_rank,
    is_repeat,
    is_explored,
    {{ exploration_propensity('is_explored', list_count, 'pool_count') }} as propensity
from ranked
where recommendation_rank <= {{ list_count }}
