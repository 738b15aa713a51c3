{#
    One row per as-of date and buyer that the lifetime fits read: at most `seg__max_training_rows`, shared evenly
    among the dates. Picked by the md5 of the user, so that a user who is read at one date is read at the next.
#}
with

date_counts as (

    select count(*) as date_count
    from {{ ref('int_seg__as_of_dates') }}

),

numbered as (

    select
        *,
        row_number() over (
            partition by as_of_date
            order by md5(user_id), user_id
        ) as row_number_by_md5
    from {{ ref('int_seg__order_histories') }}

)

select
    numbered.user_id,
    numbered.as_of_date,
    numbered.repeat_count,
    numbered.recency_days,
    numbered.age_days,
    numbered.mean_order_value
from numbered
cross join date_counts
where numbered.row_number_by_md5 * date_counts.date_count <= {{ var('seg__max_training_rows') }}
