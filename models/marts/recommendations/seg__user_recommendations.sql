{# One row per user and rank: a product that the user is recommended, and why. #}
{{ config(materialized='by_user', meta={'users': 'int_seg__users_to_measure'}) }}

with

recommendations as (

    select
        recommendations.*,
        case
            when recommendations.strategy in ('due', 'repeat', 'viewed') then recommendations.product_number
            else sources.because_product_number
        end as explaining_product_number
    from {{ of_run('int_seg__recommendations_ranked') }} as recommendations
    left join {{ of_run('int_seg__recommendation_sources') }} as sources
        on
            recommendations.user_number = sources.user_number
            and recommendations.product_number = sources.product_number

),

users as (

    select
        served.user_id,
        served.user_number,
        known.has_marketing_consent
    from {{ of_run('int_seg__recommendation_users') }} as served
    inner join {{ ref('int_seg__users') }} as known
        on served.user_id = known.user_id
    where served.split = 'scoring' and served.is_served

),

products as (

    select
        product_id,
        product_number,
        product_name
    from {{ ref('int_seg__recommendable_products') }}
    where split = 'scoring'

),

user_products as (

    select
        *,
        {{ dbt.datediff('first_target_date', 'last_target_date', 'day') }} as target_span_days  -- noqa: LT05
    from {{ of_run('int_seg__user_product_affinities') }}
    where split = 'scoring' and is_served

),

explained as (

    select
        recommendations.as_of_date,
        recommendations.recommendation_rank,
        recommendations.strategy,
        recommendations.score,
        recommendations.is_repeat,
        recommendations.is_explored,
        recommendations.propensity,
        users.user_id,
        users.has_marketing_consent,
        products.product_id,
        products.product_name,
        explaining_products.product_id as because_product_id,
        explaining_products.product_name as because_product_name,
        user_products.is_bought as is_because_bought,
        user_products.target_day_count,
        case
            when user_products.is_bought then user_products.last_target_date
            else user_products.last_activity_date
        end as because_date,
        case
            when user_products.target_day_count >= 3 or (
                recommendations.strategy = 'due' and user_products.target_day_count = 2
            )
                then cast(round(
                    cast(user_products.target_span_days as double) / (user_products.target_day_count - 1)
                ) as bigint)
        end as days_between
    from recommendations
    inner join users
        on recommendations.user_number = users.user_number
    inner join products
        on recommendations.product_number = products.product_number
    left join products as explaining_products
        on recommendations.explaining_product_number = explaining_products.product_number
    left join user_products
        on
            recommendations.user_number = user_products.user_number
            and recommendations.explaining_product_number = user_products.product_number

)

select
    user_id,
    product_id,
    because_product_id,
    as_of_date,
    cast(product_name as string) as product_name,
    cast(strategy as string) as strategy,
    cast(case
        -- A habit of which three purchases in a row are missing is told as what it was.
        when
            strategy in ('due', 'repeat') and days_between > 0
            and {{ dbt.datediff('because_date', 'as_of_date', 'day') }} > 3 * days_between
            then
                'You bought this '
                || case when days_between = 1 then 'nearly every day' else 'about every ' || cast(days_between as string) || ' days' end
                || ' until ' || cast(because_date as string)
        when strategy in ('due', 'repeat') and days_between = 1 then 'You buy this nearly every day'
        when strategy = 'due'
            then 'Due again: you buy this about every ' || cast(days_between as string) || ' days'
        when strategy = 'repeat' and days_between > 1
            then 'You buy this about every ' || cast(days_between as string) || ' days'
        when strategy = 'repeat' then 'You bought this on ' || cast(because_date as string)
        when strategy = 'viewed' then 'You looked at this on ' || cast(because_date as string)
        when strategy = 'segment' then 'Popular with customers like you'
        when because_product_name is not null
            then
                case strategy
                    when 'next' then 'Often wanted next after '
                    when 'content' then 'Much like '
                    -- Who deals with one deals with the other: not all of them bought both.
                    when 'similar' then 'Often chosen with '
                    else 'People with your taste choose it: goes with '
                end
                || because_product_name
                || ', which you ' || case when is_because_bought then 'bought' else 'looked at' end
                || ' on ' || cast(because_date as string)
        when strategy in ('similar', 'regression', 'next', 'content') then 'People with your taste choose it'
        else 'Popular right now'
    end as string) as reason,
    cast(recommendation_rank as bigint) as recommendation_rank,
    cast(score as double) as score,
    cast(propensity as double) as propensity,
    is_repeat,
    is_explored,
    has_marketing_consent
from explained
