{# Nor is it named as what speaks for something else. Counted anew from order lines and reviews. #}
with

run as (

    select as_of_date
    from {{ upstream('int_seg__as_of_dates') }}
    where split = 'scoring'

),

sent_back as (

    select
        order_lines.user_id,
        order_lines.product_id
    from {{ upstream('seg__order_lines') }} as order_lines
    inner join run
        on order_lines.order_date < run.as_of_date
    where not order_lines.is_cancelled and {{ only_users_to_refresh('order_lines.user_id', 'int_seg__users_to_measure') }}
    group by order_lines.user_id, order_lines.product_id
    having
        max(case when order_lines.is_return then 1 else 0 end) = 1
        and sum(case
            when order_lines.is_return and order_lines.quantity > 0 then 0
            else order_lines.quantity
        end) <= 0

),

last_rated as (

    select
        reviews.user_id,
        reviews.product_id,
        max_by(reviews.rating, cast(reviews.reviewed_at as string) || ' ' || reviews.review_id) as rating
    from {{ upstream('int_seg__reviews_kept') }} as reviews
    inner join run
        on reviews.reviewed_at < run.as_of_date
    where {{ only_users_to_refresh('reviews.user_id', 'int_seg__users_to_measure') }}
    group by reviews.user_id, reviews.product_id

),

named as (

    select
        user_id,
        product_id
    from {{ ref('seg__user_recommendations') }}

    union all

    select
        user_id,
        because_product_id as product_id
    from {{ ref('seg__user_recommendations') }}
    where because_product_id is not null

)

select
    named.user_id,
    named.product_id,
    last_rated.rating
from named
left join sent_back
    on
        named.user_id = sent_back.user_id
        and named.product_id = sent_back.product_id
left join last_rated
    on
        named.user_id = last_rated.user_id
        and named.product_id = last_rated.product_id
where
    {{ only_users_to_refresh('named.user_id', 'int_seg__users_to_measure') }}
    and (sent_back.product_id is not null or last_rated.rating <= {{ var('seg__low_rating') }})
