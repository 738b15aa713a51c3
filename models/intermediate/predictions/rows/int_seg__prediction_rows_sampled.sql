{#
    One row per horizon, user and past as-of date that models learn from or are judged on, with the outcomes: at most
    `seg__max_training_rows` per horizon, picked by the md5 of the key, so that the same rows are picked every time.
#}
with

numbered as (

    select
        *,
        row_number() over (
            partition by horizon_days
            order by md5(user_id || '|' || cast(as_of_date as string)), user_id, as_of_date
        ) as row_number_by_md5
    from {{ ref('int_seg__prediction_labels') }}

)

select
    horizon_days,
    user_id,
    as_of_date,
    split,
    order_count,
    net_revenue,
    lifetime_value_12m,
    days_to_next_order,
    will_order,
    will_churn
from numbered
where row_number_by_md5 <= {{ var('seg__max_training_rows') }}
