{# A shorter list than asked for is right only where fewer products are eligible for the user: of the users of the last run. #}
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
    from {{ of_run('int_seg__recommendation_users') }}
    where split = 'scoring' and is_served

),

left_out as (

    select
        signals.user_id,
        signals.product_id
    from {{ upstream('int_seg__product_signals') }} as signals
    inner join users
        on
            signals.user_id = users.user_id
            and signals.activity_date < users.as_of_date
    where signals.is_bought = 1 and not {{ var('seg__recommend_repeats') }}

    union

    select
        exclusions.user_id,
        exclusions.product_id
    from {{ of_run('int_seg__recommendation_exclusions') }} as exclusions
    inner join users
        on
            exclusions.user_id = users.user_id
            and exclusions.as_of_date = users.as_of_date

),

left_out_counts as (

    select
        left_out.user_id,
        count(*) as product_count
    from left_out
    inner join eligible
        on left_out.product_id = eligible.product_id
    group by left_out.user_id

),

listed as (

    select
        user_id,
        count(*) as product_count
    from {{ ref('seg__user_recommendations') }}
    where {{ only_users_to_refresh('user_id', 'int_seg__users_to_measure') }}
    group by user_id

)

select
    users.user_id,
    coalesce(listed.product_count, 0) as product_count
from users
cross join catalogue
left join left_out_counts
    on users.user_id = left_out_counts.user_id
left join listed
    on users.user_id = listed.user_id
where
    coalesce(listed.product_count, 0) <> least(
        {{ var('seg__recommendation_count') }},
        catalogue.product_count - coalesce(left_out_counts.product_count, 0)
    )
