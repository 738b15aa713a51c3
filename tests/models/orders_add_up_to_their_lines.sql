{# Users whose net revenue differs between order lines, orders and daily sums. #}
with

lines as (

    select
        user_id,
        sum(net_revenue) as net_revenue
    from {{ ref('seg__order_lines') }}
    group by user_id

),

orders as (

    select
        user_id,
        sum(net_revenue) as net_revenue
    from {{ ref('seg__orders') }}
    group by user_id

),

days as (

    select
        user_id,
        sum(net_revenue) as net_revenue
    from {{ ref('int_seg__user_days') }}
    group by user_id

)

select lines.user_id
from lines
left join orders
    on lines.user_id = orders.user_id
left join days
    on lines.user_id = days.user_id
where
    lines.net_revenue is distinct from orders.net_revenue
    or lines.net_revenue is distinct from days.net_revenue
