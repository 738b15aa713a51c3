{#
    One row per cohort and month since the first order: who came back, and what they brought. Within a suppressed stretch the
    cumulative revenue would tell what each of its months was, so it is shown again for the last month alone.
#}

with

cumulated as (

    select
        *,
        sum(net_revenue) over (
            partition by cohort_key order by months_since_first_order
            rows between unbounded preceding and current row
        ) as cumulative_net_revenue,
        sum(case when is_suppressed then 1 else 0 end) over (
            partition by cohort_key order by months_since_first_order
            rows between unbounded preceding and current row
        ) as suppressed_count,
        max(months_since_first_order) over (partition by cohort_key) as last_month_number
    from {{ ref('int_seg__cohort_months') }}

)

select
    cohort_month,
    as_of_date,
    months_since_first_order,
    user_count,
    case when not is_suppressed then active_user_count end as active_user_count,
    case when not is_suppressed then {{ ratio('active_user_count', 'user_count') }} end as retention_share,
    case when not is_suppressed then order_count end as order_count,
    case when not is_suppressed then cast(net_revenue as double) end as net_revenue,
    case
        when suppressed_count = 0 or months_since_first_order = last_month_number
            then {{ ratio('cumulative_net_revenue', 'user_count') }}
    end as cumulative_net_revenue_per_user,
    is_complete,
    is_suppressed
from cumulated
