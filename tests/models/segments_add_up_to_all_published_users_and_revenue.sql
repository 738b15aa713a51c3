-- Everybody counts once in every scheme, or waits to be published in all of them.
with

published as (

    select
        published.scheme,
        count(*) as user_count,
        sum(cast(users.net_revenue as decimal(28, 8))) as net_revenue
    from {{ upstream('int_seg__published_user_segments') }} as published
    inner join {{ upstream('int_seg__segments_wanted') }} as users
        on published.user_id = users.user_id
    group by published.scheme

),

published_users as (

    select count(distinct user_id) as user_count
    from {{ upstream('int_seg__published_user_segments') }}

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

select
    published.*,
    schemes.user_count as told_user_count,
    schemes.net_revenue as told_net_revenue
from published
cross join published_users
full outer join schemes
    on published.scheme = schemes.scheme
where
    published.user_count is distinct from published_users.user_count
    or schemes.user_count is distinct from published_users.user_count
    or not coalesce(abs(schemes.net_revenue - published.net_revenue) <= 0.001, false)
    or abs(schemes.user_share - 1) > 1e-9
    or abs(coalesce(schemes.revenue_share, 1) - 1) > 1e-9
    or (published.net_revenue <= 0 and schemes.revenue_share is not null)
