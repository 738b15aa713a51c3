{# One row per order and user; an order number that two users share is two orders. #}
{{ config(materialized='by_user') }}
select
    order_id,
    user_id,
    min(ordered_at) as ordered_at,
    cast(min(ordered_at) as date) as order_date,
    min(order_status) as order_status,
    min(channel) as channel,
    min(source_input) as source_input,
    count(*) as line_count,
    count(distinct product_id) as product_count,
    cast(sum(case when quantity > 0 and not is_cancelled then quantity else 0 end) as bigint) as unit_count,
    cast(sum(case
        when is_return and not is_cancelled then abs(quantity) else 0
    end) as bigint) as returned_unit_count,
    cast(sum(gross_revenue) as decimal(18, 4)) as gross_revenue,
    cast(sum(case
        when quantity > 0 and not is_cancelled then discount_amount else 0
    end) as decimal(18, 4)) as discount_amount,
    cast(sum(net_revenue) as decimal(18, 4)) as net_revenue,
    max(case when coupon_id is not null then 1 else 0 end) = 1 as has_coupon,
    -- Nothing but returns: no purchase happened.
    min(case when quantity < 0 then 1 else 0 end) = 1 as is_return,
    min(case when is_cancelled then 1 else 0 end) = 1 as is_cancelled
from {{ ref('seg__order_lines') }}
where {{ only_users_to_refresh('user_id') }}
group by order_id, user_id
