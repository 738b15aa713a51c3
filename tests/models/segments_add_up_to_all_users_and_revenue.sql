with

users as (

    select
        count(*) as user_count,
        sum(cast(net_revenue as decimal(28, 8))) as net_revenue
    from {{ ref('int_seg__users_to_segment') }}

),

schemes as (

    select
        scheme,
        sum(user_count) as user_count,
        sum(cast(net_revenue as decimal(28, 8))) as net_revenue,
        sum(user_share) as user_share,
        sum(revenue_share) as revenue_share
    from {{ ref('seg__segments') }}
    group by scheme

)

select schemes.*
from schemes
cross join users
where
    schemes.user_count is distinct from users.user_count
    or abs(schemes.net_revenue - users.net_revenue) > 0.001
    or abs(schemes.user_share - 1) > 1e-9
    or abs(coalesce(schemes.revenue_share, 1) - 1) > 1e-9
    or (users.net_revenue <= 0 and schemes.revenue_share is not null)
