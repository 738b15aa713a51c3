{#
    One row per buyer and as-of date: the order days before the date in the terms of the lifetime models. Times are
    whole days, an order day counts once however many orders it holds, and the first one is no repeat.
#}
{{ config(materialized='kept_in_realtime') }}

select
    user_id,
    as_of_date,
    order_gap_count as repeat_count,
    days_since_first_order - days_since_last_order as recency_days,
    days_since_first_order as age_days,
    {# Who sent everything back has shown no order value; the models know no negative one. #}
    case when net_revenue > 0 then {{ ratio('net_revenue', 'order_gap_count + 1') }} end as mean_order_value,
    {{ ratio('order_count', 'order_gap_count + 1') }} as orders_per_order_day
from {{ ref('int_seg__user_day_sums') }}
where
    days_since_first_order is not null
    and as_of_date in (
        select as_of_date
        from {{ ref('int_seg__as_of_dates') }}
        {{ "where split = 'scoring'" if is_realtime_run() }}
    )
    and {{ only_users_to_refresh('user_id', 'int_seg__users_to_predict') }}
