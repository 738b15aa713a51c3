{#
    One row per horizon, user and past as-of date that models learn from or are judged on, with the outcomes: at most
    `seg__max_training_rows` per horizon, picked by the md5 of the key, so that the same rows are picked every time. Of a large
    shop the users who have features at every date, so that no date has more than its share.
#}
with

samples as (

    select max(one_in) as one_in
    from {{ ref('int_seg__feature_dates') }}

),

numbered as (

    select
        labels.*,
        row_number() over (
            partition by labels.horizon_days
            order by md5(labels.user_id || '|' || cast(labels.as_of_date as string)), labels.user_id, labels.as_of_date
        ) as row_number_by_md5
    from {{ ref('int_seg__prediction_labels') }} as labels
    inner join {{ ref('int_seg__users') }} as users
        on labels.user_id = users.user_id
    cross join samples
    where users.sample_bucket % samples.one_in = 0

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
