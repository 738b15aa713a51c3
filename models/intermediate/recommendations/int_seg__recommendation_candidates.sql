{#
    One row per date, served user and product that may be recommended to the user, with what speaks for it: the user's own
    products, neighbours of the strongest of them in several senses, what is popular in the user's segment, and as many
    popular products as fill a list of any strategy.
#}
{{ config(materialized='kept_in_realtime') }}

{% set list_length = [var('seg__recommendation_count'), recommendation_cutoffs() | max] | max %}
{% set own_strengths = ['own', 'favourite', 'recent', 'due', 'viewed', 'latest'] %}
{% set neighbour_strengths = neighbour_lookups() %}
{% set found_strengths = (neighbour_strengths | list) + ['segment'] %}

with

user_products as (

    select * from {{ of_run('int_seg__user_product_affinities') }}
    where is_served

),

products as (

    select
        as_of_date,
        product_number,
        popularity,
        trend,
        popularity_rank,
        fill_rank
    from {{ ref('int_seg__recommendable_products') }}
    where is_eligible

),

users as (

    select
        as_of_date,
        split,
        user_id,
        user_number,
        history_group
    from {{ of_run('int_seg__recommendation_users') }}
    where is_served

),

{% for strength, lookup in neighbour_strengths.items() %}
{{ strength }}_candidates as (

    {{ neighbour_candidates(*lookup) }}

),

{% endfor %}
segment_candidates as (

    select
        users.as_of_date,
        users.user_number,
        popular.product_number,
        popular.popularity as strength
    from users
    inner join {{ of_run('int_seg__user_recommendation_segments') }} as user_segments
        on
            users.as_of_date = user_segments.as_of_date
            and users.user_id = user_segments.user_id
    inner join {{ ref('int_seg__segment_popularity') }} as popular
        on
            {{ stored_date('user_segments.as_of_date') }} = popular.as_of_date
            and user_segments.segment_key = popular.segment_key
    where popular.popularity_rank <= {{ list_length }}

),

popular as (

    select
        users.as_of_date,
        users.user_number,
        products.product_number
    from users
    inner join products
        on {{ stored_date('users.as_of_date') }} = products.as_of_date
    where products.fill_rank <= {{ list_length }}

    union all

    -- One more popular product per product that is excluded or was bought: enough where none of those may be repeated.
    select
        user_products.as_of_date,
        user_products.user_number,
        products.product_number
    from user_products
    inner join products
        on
            {{ stored_date('user_products.as_of_date') }} = products.as_of_date
            and user_products.bought_number + {{ list_length }} = products.fill_rank
    where
        user_products.is_eligible
        and (
            user_products.is_excluded
            or user_products.is_bought and (user_products.split <> 'scoring' or not {{ var('seg__recommend_repeats') }})
        )

),

-- All of the user's products are here to be known as repeats or excluded, whether they are candidates or not. Strengths in
-- whole millionths: in doubles the sums of many users' candidates take twice the memory.
found as (

    select
        as_of_date,
        user_number,
        product_number,
        cast(target_day_count as int) as target_day_count,
        case when is_bought then 1 else 0 end as is_repeat,
        case when is_excluded then 1 else 0 end as is_excluded,
        case
            when affinity_rank <= {{ var('seg__max_own_products') }} or favourite_rank <= {{ list_length }} then 1
            else 0
        end as is_candidate,
        {% for strength in own_strengths %}
        cast(round({{ strength }}_strength * 1000000) as int) as {{ strength }}_strength,
        {% endfor %}
        {% for strength in found_strengths %}
        0 as {{ strength }}_strength{{ ',' if not loop.last }}
        {% endfor %}
    from user_products

    {% for found_by in found_strengths + ['popular'] %}
    union all

    select
        as_of_date,
        user_number,
        product_number,
        0 as target_day_count,
        0 as is_repeat,
        0 as is_excluded,
        1 as is_candidate,
        {% for strength in own_strengths + found_strengths %}
        {{ 'cast(round(strength * 1000000) as int)' if strength == found_by else '0' }} as {{ strength }}_strength{{ ',' if not loop.last }}
        {% endfor %}
    from {{ found_by if found_by == 'popular' else found_by ~ '_candidates' }}

    {% endfor %}
),

candidates as (

    select
        as_of_date,
        user_number,
        product_number,
        max(target_day_count) as target_day_count,
        max(is_repeat) as is_repeat,
        {% for strength in own_strengths + found_strengths %}
        max({{ strength }}_strength) as {{ strength }}_strength{{ ',' if not loop.last }}
        {% endfor %}
    from found
    group by as_of_date, user_number, product_number
    having max(is_candidate) = 1 and max(is_excluded) = 0

)

select
    candidates.as_of_date,
    users.split,
    candidates.user_number,
    candidates.product_number,
    users.history_group,
    cast(candidates.target_day_count as bigint) as target_day_count,
    {% for strength in own_strengths + found_strengths %}
    cast(candidates.{{ strength }}_strength as double) / 1000000 as {{ strength }}_strength,
    {% endfor %}
    products.popularity as popular_strength,
    products.trend as trending_strength,
    products.popularity_rank,
    candidates.is_repeat = 1 as is_repeat
from candidates
inner join users
    on
        candidates.as_of_date = users.as_of_date
        and candidates.user_number = users.user_number
inner join products
    on
        {{ stored_date('candidates.as_of_date') }} = products.as_of_date
        and candidates.product_number = products.product_number
