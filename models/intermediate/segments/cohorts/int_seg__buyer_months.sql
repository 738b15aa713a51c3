{#
    One row per buyer and month since the first order with an order or revenue in it, before the scoring date. What came
    back before the first order, of goods bought before the history began, counts in month 0, so that a buyer's months add up.
#}

with

months as (

    select
        user_days.user_id,
        as_of_dates.as_of_date,
        cast({{ dbt.date_trunc('month', 'user_days.activity_date') }} as date) as activity_month,
        sum(user_days.order_count) as order_count,
        sum(user_days.net_revenue) as net_revenue
    from {{ ref('int_seg__user_days') }} as user_days
    inner join {{ ref('int_seg__as_of_dates') }} as as_of_dates
        on
            user_days.activity_date < as_of_dates.as_of_date
            and as_of_dates.split = 'scoring'
    where user_days.order_count > 0 or user_days.net_revenue <> 0
    group by
        user_days.user_id,
        as_of_dates.as_of_date,
        cast({{ dbt.date_trunc('month', 'user_days.activity_date') }} as date)

),

first_months as (

    select
        user_id,
        min(activity_month) as cohort_month
    from months
    where order_count > 0
    group by user_id

),

numbered as (

    select
        months.user_id,
        months.as_of_date,
        first_months.cohort_month,
        greatest({{ dbt.datediff('first_months.cohort_month', 'months.activity_month', 'month') }}, 0)
            as months_since_first_order,
        months.order_count,
        months.net_revenue
    from months
    inner join first_months
        on months.user_id = first_months.user_id

)

select
    user_id,
    as_of_date,
    cohort_month,
    cast(months_since_first_order as int) as months_since_first_order,
    cast(sum(order_count) as bigint) as order_count,
    cast(sum(net_revenue) as decimal(18, 4)) as net_revenue
from numbered
group by user_id, as_of_date, cohort_month, months_since_first_order
