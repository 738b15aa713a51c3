{#
    One row per user, product and another that the user aimed at on the next day of theirs, with the first such day. Both days are
    bounded to the user's strongest products.
#}

{% set products_per_day = 5 %}

with

-- Numbered once for all dates: what came before a day does not depend on what comes after.
numbered as (

    select
        user_number,
        product_number,
        activity_date,
        is_target,
        row_number() over (
            partition by user_number, activity_date
            order by is_target desc, browse_weight desc, product_number asc
        ) as place
    from {{ ref('int_seg__teaching_signals') }}

),

days as (

    select
        user_number,
        activity_date,
        lead(activity_date) over (partition by user_number order by activity_date) as next_date
    from numbered
    where place = 1

)

select
    before.user_number,
    before.product_number,
    afterwards.product_number as next_product_number,
    min(afterwards.activity_date) as activity_date
from numbered as before
inner join days
    on
        before.user_number = days.user_number
        and before.activity_date = days.activity_date
inner join numbered as afterwards
    on
        days.user_number = afterwards.user_number
        and days.next_date = afterwards.activity_date
        and before.product_number <> afterwards.product_number
where
    before.place <= {{ products_per_day }}
    and afterwards.place <= {{ products_per_day }}
    and afterwards.is_target = 1
group by before.user_number, before.product_number, afterwards.product_number
