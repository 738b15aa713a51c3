{# Counted anew from order lines and reviews. #}
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

)

select
    recommendations.user_id,
    recommendations.product_id,
    last_rated.rating
from {{ ref('seg__user_recommendations') }} as recommendations
left join sent_back
    on
        recommendations.user_id = sent_back.user_id
        and recommendations.product_id = sent_back.product_id
left join last_rated
    on
        recommendations.user_id = last_rated.user_id
        and recommendations.product_id = last_rated.product_id
where
    {{ only_users_to_refresh('recommendations.user_id', 'int_seg__users_to_measure') }}
    and (sent_back.product_id is not null or last_rated.rating <= {{ var('seg__low_rating') }})
