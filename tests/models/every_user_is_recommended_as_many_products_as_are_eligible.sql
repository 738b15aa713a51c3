{# A shorter list than asked for is right only where fewer products are eligible for the user. #}
with

eligible as (

    select product_id
    from {{ upstream('int_seg__recommendable_products') }}
    where split = 'scoring' and is_eligible

),

catalogue as (

    select count(*) as product_count from eligible

),

users as (

    select
        user_id,
        as_of_date
    from {{ upstream('int_seg__recommendation_users') }}
    where split = 'scoring' and is_served

),

bought as (

    select
        signals.user_id,
        count(distinct signals.product_id) as product_count
    from {{ upstream('int_seg__product_signals') }} as signals
    inner join eligible
        on signals.product_id = eligible.product_id
    inner join users
        on
            signals.user_id = users.user_id
            and signals.activity_date < users.as_of_date
    where signals.is_bought = 1 and not {{ var('seg__recommend_repeats') }}
    group by signals.user_id

),

listed as (

    select
        user_id,
        count(*) as product_count
    from {{ ref('seg__user_recommendations') }}
    group by user_id

)

select
    users.user_id,
    coalesce(listed.product_count, 0) as product_count
from users
cross join catalogue
left join bought
    on users.user_id = bought.user_id
left join listed
    on users.user_id = listed.user_id
where
    coalesce(listed.product_count, 0) <> least(
        {{ var('seg__recommendation_count') }},
        catalogue.product_count - coalesce(bought.product_count, 0)
    )
