{# One row per row of the input `reviews`, with why it is rejected, if it is. #}
{{ config(materialized='view_in_place') }}

select
    reviews.*,
    case
        when erased_users.user_id is not null then 'erased'
        when {{ missing_text('reviews.review_id') }} then 'missing_review_id'
        when {{ missing_text('reviews.user_id') }} then 'missing_user_id'
        when {{ missing_text('reviews.product_id') }} then 'missing_product_id'
        {{ time_reject_reason('reviewed_at') }}
        when rating is null then 'missing_rating'
        when {{ is_outside('rating', 1, 5) }} then 'impossible_rating'
    end as reject_reason
from {{ ref('stg_seg__reviews') }} as reviews
left join {{ ref('int_seg__erased_users') }} as erased_users
    on reviews.user_id = erased_users.user_id
