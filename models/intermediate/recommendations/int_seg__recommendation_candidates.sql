{#
    One row per date, served user and product that may be recommended to the user, with what speaks for it: the user's own
    products, neighbours of the strongest of them, and as many popular products as fill a list of any strategy.
#}

{% set list_length = [var('seg__recommendation_count'), 10] | max %}

with

user_products as (

    select * from {{ ref('int_seg__user_product_affinities') }}
    where is_served

),

products as (

    select
        as_of_date,
        product_number,
        popularity,
        popularity_rank
    from {{ ref('int_seg__recommendable_products') }}
    where is_eligible

),

-- The strongest reason is packed into one number with the product that it comes from: a window over all of these
-- rows would cost many times as much.
neighbours as (

    select
        user_products.as_of_date,
        user_products.user_number,
        similar_products.similar_product_number as product_number,
        cast(sum(user_products.affinity * cast(round(similar_products.similarity * 100000) as bigint)) as bigint)
            as similar_sum,
        max(
            user_products.affinity * cast(round(similar_products.similarity * 100000) as bigint) * 16777216
            + 16777215 - user_products.product_number
        ) as strongest
    from user_products
    inner join {{ ref('int_seg__similar_products') }} as similar_products
        on
            user_products.as_of_date = similar_products.as_of_date
            and user_products.product_number = similar_products.product_number
    where
        user_products.affinity > 0
        and user_products.affinity_rank <= {{ var('seg__max_source_products') }}
    group by
        user_products.as_of_date,
        user_products.user_number,
        similar_products.similar_product_number

),

ranked_neighbours as (

    select
        as_of_date,
        user_number,
        product_number,
        16777215 - strongest % 16777216 as because_product_number,
        -- The highest so far is the highest of all in this order, and one sort serves both.
        cast(similar_sum as double) / max(similar_sum) over (
            partition by as_of_date, user_number
            order by similar_sum desc, product_number asc
        ) as similar_strength,
        row_number() over (
            partition by as_of_date, user_number
            order by similar_sum desc, product_number asc
        ) as similar_rank
    from neighbours
    where similar_sum > 0

),

popular as (

    select
        users.as_of_date,
        users.user_number,
        products.product_number
    from {{ ref('int_seg__recommendation_users') }} as users
    inner join products
        on users.as_of_date = products.as_of_date
    where users.is_served and products.popularity_rank <= {{ list_length }}

    union all

    -- One more popular product per product that was bought: enough where none of those may be repeated.
    select
        user_products.as_of_date,
        user_products.user_number,
        products.product_number
    from user_products
    inner join products
        on
            user_products.as_of_date = products.as_of_date
            and user_products.bought_number + {{ list_length }} = products.popularity_rank
    where
        user_products.is_bought
        and user_products.is_eligible
        and (user_products.split <> 'scoring' or not {{ var('seg__recommend_repeats') }})

),

-- All products that the user bought are here to be known as repeats, whether they are candidates or not.
found as (

    select
        as_of_date,
        user_number,
        product_number,
        cast(null as bigint) as because_product_number,
        target_day_count,
        last_target_date,
        own_strength,
        browse_strength,
        cast(0 as double) as similar_strength,
        case when is_bought then 1 else 0 end as is_repeat,
        case
            when affinity_rank <= {{ var('seg__max_own_products') }} or favourite_rank <= {{ list_length }} then 1
            else 0
        end as is_candidate
    from user_products

    union all

    select
        as_of_date,
        user_number,
        product_number,
        because_product_number,
        0 as target_day_count,
        cast(null as date) as last_target_date,
        0 as own_strength,
        0 as browse_strength,
        similar_strength,
        0 as is_repeat,
        1 as is_candidate
    from ranked_neighbours
    where similar_rank <= {{ var('seg__max_similar_candidates') }}

    union all

    select
        as_of_date,
        user_number,
        product_number,
        cast(null as bigint) as because_product_number,
        0 as target_day_count,
        cast(null as date) as last_target_date,
        0 as own_strength,
        0 as browse_strength,
        0 as similar_strength,
        0 as is_repeat,
        1 as is_candidate
    from popular

),

candidates as (

    select
        as_of_date,
        user_number,
        product_number,
        max(because_product_number) as because_product_number,
        max(last_target_date) as last_target_date,
        max(target_day_count) as target_day_count,
        max(own_strength) as own_strength,
        max(browse_strength) as browse_strength,
        max(similar_strength) as similar_strength,
        max(is_repeat) as is_repeat
    from found
    group by as_of_date, user_number, product_number
    having max(is_candidate) = 1

)

select
    candidates.as_of_date,
    candidates.user_number,
    candidates.product_number,
    candidates.because_product_number,
    candidates.target_day_count,
    candidates.own_strength,
    candidates.browse_strength,
    candidates.similar_strength,
    -- The user's most frequent products, the latest first where they tie.
    candidates.target_day_count + coalesce(1.0 / (1 + {{ dbt.datediff(
        'candidates.last_target_date', 'candidates.as_of_date', 'day'
    ) }}), 0) as favourite_strength,
    products.popularity,
    products.popularity_rank,
    candidates.is_repeat = 1 as is_repeat
from candidates
inner join products
    on
        candidates.as_of_date = products.as_of_date
        and candidates.product_number = products.product_number
