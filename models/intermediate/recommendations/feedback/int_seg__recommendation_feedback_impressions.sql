{# One row per shown recommendation: whether it was clicked, redeemed, ordered; several clicks on one count once. #}

with

responses as (

    select
        impression_id,
        max(case when response_type = 'click' then 1 else 0 end) as is_clicked,
        max(case when response_type = 'redemption' then 1 else 0 end) as is_redeemed,
        max(case when response_type = 'order' then 1 else 0 end) as is_ordered
    from {{ ref('int_seg__recommendation_feedback_responses') }}
    where impression_id is not null
    group by impression_id

)

select
    shown.touch_id as impression_id,
    shown.user_id,
    shown.product_id,
    shown.as_of_date,
    shown.touched_at as shown_at,
    shown.strategy,
    shown.place,
    shown.propensity,
    coalesce(responses.is_clicked, 0) as is_clicked,
    coalesce(responses.is_redeemed, 0) as is_redeemed,
    coalesce(responses.is_ordered, 0) as is_ordered
from {{ ref('int_seg__recommendation_feedback_touches') }} as shown
left join responses
    on shown.touch_id = responses.impression_id
where shown.touch_type = 'impression'
