{#
    One row per as-of date, and of how many users one has features at it. At the scoring date, and where segments and lists are
    judged, everybody has. From the other dates nothing but predictions learns, at most `seg__max_training_rows` rows: there one
    user in `one_in` has, about half as many users or more, the same ones at each date, picked by `sample_bucket`. (Of the 500,000
    users of the store of 20 million events, 1.8 of 3.2 million rows lay at those dates, and fits read 0.3 million of them.)
#}
with

users as (

    select count(*) as user_count
    from {{ ref('int_seg__users') }}

)

select
    as_of_dates.as_of_date,
    as_of_dates.split,
    as_of_dates.label_until_date,
    cast(case
        when as_of_dates.split in ('scoring', 'test', 'validation') then 1
        else greatest(1, floor(users.user_count / ({{ [var('seg__max_training_rows'), 2] | max }} / 2.0)))
    end as int) as one_in
from {{ ref('int_seg__as_of_dates') }} as as_of_dates
cross join users
