{# One row per row of the input `events`, with why it is rejected, if it is. #}
{{ config(materialized='view_in_place') }}

select
    events.*,
    case
        when erased_users.user_id is not null then 'erased'
        when {{ missing_text('events.event_id') }} then 'missing_event_id'
        when {{ missing_text('events.user_id') }} then 'missing_user_id'
        when {{ missing_text('events.event_type') }} then 'missing_event_type'
        {{ time_reject_reason('occurred_at') }}
        when {{ is_outside('price', 0, var('seg__maximum_amount')) }} then 'impossible_price'
        when {{ is_outside('quantity', 0, var('seg__maximum_amount')) }} then 'impossible_quantity'
        when quantity <> floor(quantity) then 'fractional_quantity'
        when price * quantity > {{ var('seg__maximum_amount') }} then 'impossible_amount'
        when {{ is_outside('duration_seconds', 0, 1e9) }} then 'impossible_duration'
    end as reject_reason
from {{ ref('stg_seg__events') }} as events
left join {{ ref('int_seg__erased_users') }} as erased_users
    on events.user_id = erased_users.user_id
