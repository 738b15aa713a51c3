{#
    One row per horizon and user of the test window that importances are measured on, at most 2,000, and the other user
    whose features take the place of the own ones.
#}
with

numbered as (

    select
        horizon_days,
        user_id,
        as_of_date,
        row_number() over (partition by horizon_days order by md5(user_id), user_id) as row_number_by_md5,
        least(2000, count(*) over (partition by horizon_days)) as row_count
    from {{ ref('int_seg__prediction_features') }}
    where split = 'test'

)

select
    own.horizon_days,
    own.user_id,
    own.as_of_date,
    others.user_id as other_user_id
from numbered as own
inner join numbered as others
    on
        own.horizon_days = others.horizon_days
        and others.row_number_by_md5 = (own.row_number_by_md5 + cast(floor(own.row_count / 2) as bigint)) % own.row_count + 1
where own.row_number_by_md5 <= 2000
