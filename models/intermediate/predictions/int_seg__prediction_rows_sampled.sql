{#
    One row per user and past as-of date that a fit may read: at most `seg__max_training_rows`, picked by the md5
    of the key, so that the same rows are picked every time.
#}
with

numbered as (

    select
        *,
        row_number() over (
            order by md5(user_id || '|' || cast(as_of_date as string)), user_id, as_of_date
        ) as row_number_by_md5
    from {{ ref('int_seg__prediction_labels') }}

)

select
    user_id,
    as_of_date,
    split,
    order_count,
    net_revenue,
    will_order
from numbered
where row_number_by_md5 <= {{ var('seg__max_training_rows') }}
