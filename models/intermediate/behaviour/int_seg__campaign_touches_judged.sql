{# One row per row of the input `campaign_touches`, with why it is rejected, if it is. #}
{{ config(materialized='view_in_place') }}

select
    campaign_touches.*,
    case
        when erased_users.user_id is not null then 'erased'
        when {{ missing_text('campaign_touches.touch_id') }} then 'missing_touch_id'
        when {{ missing_text('campaign_touches.user_id') }} then 'missing_user_id'
        when {{ missing_text('campaign_touches.touch_type') }} then 'missing_touch_type'
        {{ time_reject_reason('touched_at') }}
        when {{ is_outside('cost', 0, var('seg__maximum_amount')) }} then 'impossible_cost'
        when {{ is_outside('position', 1, var('seg__maximum_amount')) }} then 'impossible_position'
        when position <> floor(position) then 'fractional_position'
        -- What is never shown is never logged.
        when propensity <= 0 or {{ is_outside('propensity', 0, 1) }} then 'impossible_propensity'
    end as reject_reason
from {{ ref('stg_seg__campaign_touches') }} as campaign_touches
left join {{ ref('int_seg__erased_users') }} as erased_users
    on campaign_touches.user_id = erased_users.user_id
