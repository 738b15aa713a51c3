{#
    One row per user and past as-of date: what the user ordered in the horizon after it. Users without an order
    count as 0. No window ends after the scoring date.
#}
with

as_of_dates as (

    select * from {{ ref('int_seg__as_of_dates') }}

),

scoring_date as (

    select max(as_of_date) as scoring_date
    from as_of_dates
    where split = 'scoring'

),

windows as (

    select
        as_of_dates.as_of_date,
        as_of_dates.label_until_date,
        as_of_dates.split,
        as_of_dates.horizon_days
    from as_of_dates
    cross join scoring_date
    where
        as_of_dates.split <> 'scoring'
        and as_of_dates.label_until_date <= scoring_date.scoring_date

),

user_dates as (

    select
        user_id,
        as_of_date
    from {{ ref('seg__user_features') }}

),

orders_in_window as (

    select
        user_days.user_id,
        windows.as_of_date,
        sum(user_days.order_count) as order_count,
        sum(user_days.net_revenue) as net_revenue
    from {{ ref('int_seg__user_days') }} as user_days
    inner join windows
        on
            user_days.activity_date >= windows.as_of_date
            and user_days.activity_date < windows.label_until_date
    group by user_days.user_id, windows.as_of_date

)

select
    user_dates.user_id,
    windows.as_of_date,
    windows.label_until_date,
    windows.split,
    windows.horizon_days,
    cast(coalesce(orders_in_window.order_count, 0) as bigint) as order_count,
    cast(coalesce(orders_in_window.net_revenue, 0) as double) as net_revenue,
    cast(case when orders_in_window.order_count > 0 then 1 else 0 end as int) as will_order
from user_dates
inner join windows
    on user_dates.as_of_date = windows.as_of_date
left join orders_in_window
    on
        user_dates.user_id = orders_in_window.user_id
        and user_dates.as_of_date = orders_in_window.as_of_date
