{# One row per product in one order: the shop's own names under those of the input `order_lines`. #}
select
    line_no as order_line_id,
    order_no as order_id,
    customer as user_id,
    sku as product_id,
    placed_at as ordered_at,
    pieces as quantity,
    price as unit_price,
    state as order_status
from {{ ref('raw_orders') }}
