{# One row per user, product and day outside bot sessions and cancelled lines: what the user did with the product. #}
{{ config(materialized='by_user') }}

with

signals as (

    select
        events.user_id,
        events.product_id,
        events.event_date as activity_date,
        case when events.event_type = 'view' then 1 end as is_view,
        case when events.event_type = 'click' then 1 end as is_click,
        case when events.event_type = 'cart_add' then 1 end as is_cart_add,
        case when events.event_type = 'cart_remove' then 1 end as is_cart_remove,
        case when events.event_type = 'wishlist' then 1 end as is_wishlist,
        case when events.event_type = 'purchase' then 1 end as is_purchase_event,
        null as is_order,
        0 as unit_count,
        0 as returned_unit_count,
        0 as gross_revenue,
        0 as net_revenue
    from {{ events_of_run() }} as events
    left join {{ ref('int_seg__sessions_judged') }} as bots
        on events.session_id = bots.session_id
    where
        bots.session_id is null
        and events.product_id is not null

    union all

    -- One row per order first: an order with a product on two lines has it once. A purchase event without a product tells
    -- of none.
    select
        user_id,
        product_id,
        order_date as activity_date,
        null as is_view,
        null as is_click,
        null as is_cart_add,
        null as is_cart_remove,
        null as is_wishlist,
        null as is_purchase_event,
        max(case when quantity > 0 then 1 end) as is_order,
        sum(case when quantity > 0 then quantity else 0 end) as unit_count,
        sum(case when is_return then abs(quantity) else 0 end) as returned_unit_count,
        sum(gross_revenue) as gross_revenue,
        sum(net_revenue) as net_revenue
    from {{ ref('seg__order_lines') }}
    where
        not is_cancelled
        and not (source_input = 'events' and product_id = 'unknown')
        and {{ only_users_to_refresh('user_id') }}
    group by user_id, product_id, order_date, order_id

)

select
    user_id,
    product_id,
    activity_date,
    -- Counts, and doubles, which are exact below 2^53: sums of whole numbers have 128 bits, which took half as much time again.
    {% for name in ['view', 'click', 'cart_add', 'cart_remove', 'wishlist', 'purchase_event', 'order'] %}
    count(is_{{ name }}) as {{ name }}_count,
    {% endfor %}
    {% for name in ['unit_count', 'returned_unit_count'] %}
    cast(sum(cast({{ name }} as double)) as bigint) as {{ name }},
    {% endfor %}
    cast(sum(gross_revenue) as decimal(18, 4)) as gross_revenue,
    cast(sum(net_revenue) as decimal(18, 4)) as net_revenue
from signals
group by user_id, product_id, activity_date
