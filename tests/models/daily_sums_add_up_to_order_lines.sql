{# Users whose net revenue differs between order lines and daily sums. #}
with

lines as (

    select
        user_id,
        sum(net_revenue) as net_revenue
    from {{ upstream('seg__order_lines') }}
    where {{ only_users_to_refresh('user_id') }}
    group by user_id

),

days as (

    select
        user_id,
        sum(net_revenue) as net_revenue
    from {{ ref('int_seg__user_days') }}
    where {{ only_users_to_refresh('user_id') }}
    group by user_id

)

select lines.user_id
from lines
left join days
    on lines.user_id = days.user_id
where lines.net_revenue is distinct from days.net_revenue
