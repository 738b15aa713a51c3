{#
    One row per event: the input's own, and a purchase per sold order line where the input has no purchases,
    so that every shop has the whole path from view to purchase.
#}
{{ config(materialized='ephemeral') }}

with

purchases_given as (

    select case when exists {{ given_purchases() }} then true else false end as has_purchases

)

select
    event_id,
    user_id,
    source_user_id,
    session_id,
    product_id,
    occurred_at,
    event_type,
    channel,
    device,
    user_agent,
    search_text,
    price,
    quantity,
    duration_seconds,
    'events' as source_input,
    copy_count
from {{ ref('int_seg__events_kept') }}

union all

select
    'order_line:' || order_lines.order_line_id as event_id,
    order_lines.user_id,
    order_lines.source_user_id,
    null as session_id,
    order_lines.product_id,
    order_lines.ordered_at as occurred_at,
    'purchase' as event_type,
    order_lines.channel,
    null as device,
    null as user_agent,
    null as search_text,
    order_lines.unit_price as price,
    order_lines.quantity,
    null as duration_seconds,
    'order_lines' as source_input,
    order_lines.copy_count
from {{ ref('int_seg__order_lines_kept') }} as order_lines
cross join purchases_given
where
    not purchases_given.has_purchases
    and order_lines.quantity > 0
    and not {{ is_cancelled('order_lines.order_status') }}
    and {{ only_users_to_refresh('order_lines.user_id') }}
