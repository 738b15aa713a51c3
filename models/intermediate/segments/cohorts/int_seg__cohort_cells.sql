{#
    One row per published cohort and month since the first order: what happened, and whether that speaks of fewer than
    `seg__minimum_group_size` users: by those who ordered, by those who did not, or by those whose returns the revenue holds. Of a
    merged cohort a month that its youngest buyers have not reached does as well.
#}

{% set least = var('seg__minimum_group_size') %}

with

cohorts as (

    select
        cohort_key,
        as_of_date,
        case when cohort_key <> 'other' then min(cohort_month) end as cohort_month,
        min(cohort_month) as first_month,
        max(cohort_month) as last_month,
        sum(user_count) as user_count
    from {{ ref('int_seg__cohorts') }}
    group by cohort_key, as_of_date

),

{# Months of fifty years. #}
numbers as (

    select cast(generated_number - 1 as int) as number
    from ({{ dbt.generate_series(600) }}) as series

),

sums as (

    select
        cohorts.cohort_key,
        buyer_months.months_since_first_order,
        count(*) as involved_user_count,
        sum(case when buyer_months.order_count > 0 then 1 else 0 end) as active_user_count,
        sum(buyer_months.order_count) as order_count,
        sum(buyer_months.net_revenue) as net_revenue
    from {{ ref('int_seg__buyer_months') }} as buyer_months
    inner join {{ ref('int_seg__cohorts') }} as cohorts
        on buyer_months.cohort_month = cohorts.cohort_month
    group by cohorts.cohort_key, buyer_months.months_since_first_order

),

cells as (

    select
        cohorts.cohort_key,
        cohorts.as_of_date,
        cohorts.cohort_month,
        numbers.number as months_since_first_order,
        cohorts.user_count,
        coalesce(sums.involved_user_count, 0) as involved_user_count,
        coalesce(sums.active_user_count, 0) as active_user_count,
        coalesce(sums.order_count, 0) as order_count,
        coalesce(sums.net_revenue, 0) as net_revenue,
        cast({{ dbt.dateadd('month', 'numbers.number', 'cohorts.last_month') }} as date) < cohorts.as_of_date
            as is_reached,
        cast({{ dbt.dateadd('month', 'numbers.number + 1', 'cohorts.last_month') }} as date) <= cohorts.as_of_date
            as is_complete
    from cohorts
    inner join numbers
        on cast({{ dbt.dateadd('month', 'numbers.number', 'cohorts.first_month') }} as date) < cohorts.as_of_date
    left join sums
        on
            cohorts.cohort_key = sums.cohort_key
            and numbers.number = sums.months_since_first_order

)

select
    cohort_key,
    cohort_month,
    as_of_date,
    months_since_first_order,
    cast(user_count as bigint) as user_count,
    cast(active_user_count as bigint) as active_user_count,
    cast(involved_user_count as bigint) as involved_user_count,
    cast(order_count as bigint) as order_count,
    cast(net_revenue as decimal(18, 4)) as net_revenue,
    is_complete,
    not is_reached
    or active_user_count between 1 and {{ least - 1 }}
    or user_count - active_user_count between 1 and {{ least - 1 }}
    or involved_user_count between 1 and {{ least - 1 }} as is_telling
from cells
