{#
    One row per user, product and another that the user aimed at on the next day of theirs, with the first such day. Both days are
    bounded to the user's strongest products.
#}

{% set products_per_day = 5 %}

with

-- Numbers are the same at every date, and shorter to sort than ids: of 20 million events that halves the time.
users as (

    select distinct
        user_id,
        user_number
    from {{ ref('int_seg__recommendation_users') }}
    where is_teaching

),

products as (

    select distinct
        product_id,
        product_number
    from {{ ref('int_seg__recommendable_products') }}

),

-- Numbered once for all dates: what came before a day does not depend on what comes after.
numbered as (

    select
        users.user_number,
        products.product_number,
        signals.activity_date,
        signals.is_target,
        row_number() over (
            partition by users.user_number, signals.activity_date
            order by signals.is_target desc, signals.browse_weight desc, products.product_number asc
        ) as place
    from {{ ref('int_seg__product_signals') }} as signals
    inner join users
        on signals.user_id = users.user_id
    inner join products
        on signals.product_id = products.product_id

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
