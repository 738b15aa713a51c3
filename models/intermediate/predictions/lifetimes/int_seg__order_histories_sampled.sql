{#
    One row per as-of date and buyer that the lifetime fits read: at most `seg__max_training_rows`, shared evenly
    among the dates. Picked by the md5 of the user, of users who have features at every date, so that a user who is read at
    one date is read at the next.
#}
with

date_counts as (

    select
        count(*) as date_count,
        max(one_in) as one_in
    from {{ ref('int_seg__feature_dates') }}

),

numbered as (

    select
        histories.*,
        date_counts.date_count,
        row_number() over (
            partition by histories.as_of_date
            order by md5(histories.user_id), histories.user_id
        ) as row_number_by_md5
    from {{ ref('int_seg__order_histories') }} as histories
    inner join {{ ref('int_seg__users') }} as users
        on histories.user_id = users.user_id
    cross join date_counts
    where users.sample_bucket % date_counts.one_in = 0

)

select
    numbered.user_id,
    numbered.as_of_date,
    numbered.repeat_count,
    numbered.recency_days,
    numbered.age_days,
    numbered.mean_order_value
from numbered
where numbered.row_number_by_md5 * numbered.date_count <= {{ var('seg__max_training_rows') }}
