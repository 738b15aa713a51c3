{# Users whose net revenue differs between order lines and orders. #}
with

lines as (

    select
        user_id,
        sum(net_revenue) as net_revenue
    from {{ upstream('seg__order_lines') }}
    where {{ only_users_to_refresh('user_id') }}
    group by user_id

),

orders as (

    select
        user_id,
        sum(net_revenue) as net_revenue
    from {{ ref('seg__orders') }}
    where {{ only_users_to_refresh('user_id') }}
    group by user_id

)

select lines.user_id
from lines
left join orders
    on lines.user_id = orders.user_id
where lines.net_revenue is distinct from orders.net_revenue
