{# One row per user and day with a review or a campaign touch. Control-group touches reached nobody. #}
{{ config(materialized='ephemeral') }}

with

feedback as (

    select
        user_id,
        cast(reviewed_at as date) as activity_date,
        1 as review_count,
        cast(rating as decimal(18, 4)) as rating_total,
        0 as touch_count,
        0 as touch_response_count
    from {{ ref('int_seg__reviews_kept') }}
    where {{ only_users_to_refresh('user_id') }}

    union all

    select
        user_id,
        cast(touched_at as date) as activity_date,
        0 as review_count,
        0 as rating_total,
        case when touch_type in ('click', 'open', 'redeem') then 0 else 1 end as touch_count,
        case when touch_type in ('click', 'redeem') then 1 else 0 end as touch_response_count
    from {{ ref('int_seg__campaign_touches_kept') }}
    where
        (variant is null or lower(trim(variant)) not in ({{ control_names() }}))
        and {{ only_users_to_refresh('user_id') }}

)

select
    user_id,
    activity_date,
    sum(review_count) as review_count,
    sum(rating_total) as rating_total,
    sum(touch_count) as touch_count,
    sum(touch_response_count) as touch_response_count
from feedback
group by user_id, activity_date
