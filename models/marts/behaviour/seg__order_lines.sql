{#
    One row per accepted order line; where the shop has none, per purchase event outside bot sessions: one order
    per session that the shop names, else per user and day.
#}
{{ config(materialized='by_user') }}

with

given as (

    select
        order_line_id,
        order_id,
        user_id,
        source_user_id,
        product_id,
        ordered_at,
        order_status,
        coupon_id,
        channel,
        quantity,
        unit_price,
        discount_amount,
        'order_lines' as source_input,
        copy_count
    from {{ ref('int_seg__order_lines_kept') }}
    where {{ only_users_to_refresh('user_id') }}

),

from_events as (

    select
        events.event_id as order_line_id,
        case
            -- A session that the package cut at silences is no order: two of them can share a basket.
            when events.session_id like events.user_id || ' @ %'
                then events.user_id || ' ' || cast(events.event_date as string)
            else events.session_id || ' ' || events.user_id
        end as order_id,
        events.user_id,
        events.source_user_id,
        coalesce(events.product_id, 'unknown') as product_id,
        events.occurred_at as ordered_at,
        null as order_status,
        null as coupon_id,
        events.channel,
        greatest(coalesce(events.quantity, 1), 1) as quantity,
        coalesce(events.price, 0) as unit_price,
        0 as discount_amount,
        'events' as source_input,
        events.copy_count
    from {{ events_of_run() }} as events
    left join {{ ref('int_seg__sessions_judged') }} as bots
        on events.session_id = bots.session_id
    cross join (select count(*) as line_count from {{ ref('int_seg__order_lines_kept') }}) as lines_given
    where
        events.event_type = 'purchase'
        and events.source_input = 'events'
        and bots.session_id is null
        and lines_given.line_count = 0

),

lines as (

    select * from given

    union all

    select * from from_events

),

judged as (

    select
        *,
        {{ is_cancelled('order_status') }} as is_cancelled,
        quantity < 0 or coalesce(order_status in ('returned', 'refunded'), false) as is_return
    from lines

)

select
    cast(order_line_id as string) as order_line_id,
    cast(order_id as string) as order_id,
    cast(user_id as string) as user_id,
    cast(source_user_id as string) as source_user_id,
    cast(product_id as string) as product_id,
    cast(ordered_at as timestamp) as ordered_at,
    cast(ordered_at as date) as order_date,
    cast(order_status as string) as order_status,
    cast(coupon_id as string) as coupon_id,
    cast(channel as string) as channel,
    cast(source_input as string) as source_input,
    cast(quantity as bigint) as quantity,
    cast(unit_price as decimal(18, 4)) as unit_price,
    cast(discount_amount as decimal(18, 4)) as discount_amount,
    -- What was sold before returns; a cancelled line was never sold.
    cast(case
        when is_cancelled or quantity < 0 then 0
        else quantity * unit_price
    end as decimal(18, 4)) as gross_revenue,
    -- A return gives back what was paid; a sale marked as returned has been given back already.
    cast(case
        when is_cancelled then 0
        when quantity < 0 then quantity * unit_price + discount_amount
        when is_return then 0
        else quantity * unit_price - discount_amount
    end as decimal(18, 4)) as net_revenue,
    cast(copy_count as bigint) as copy_count,
    is_return,
    is_cancelled
from judged
