{#
    One row per earlier date, user and product that the user bought in the period after the date: what a list that
    was made at the date should have held. Without orders: the heaviest kind of event.
#}

with

as_of_dates as (

    select
        as_of_date,
        label_until_date
    from {{ ref('int_seg__as_of_dates') }}
    where split in ('test', 'validation')

),

scoring_date as (

    select max(as_of_date) as as_of_date
    from {{ ref('int_seg__as_of_dates') }}
    where split = 'scoring'

),

targets as (

    select
        as_of_dates.as_of_date,
        signals.user_id,
        signals.product_id
    from {{ ref('int_seg__product_signals') }} as signals
    cross join scoring_date
    inner join as_of_dates
        on
            signals.activity_date >= as_of_dates.as_of_date
            and signals.activity_date < as_of_dates.label_until_date
    where signals.is_target = 1 and signals.activity_date < scoring_date.as_of_date
    group by as_of_dates.as_of_date, signals.user_id, signals.product_id

)

select
    targets.as_of_date,
    targets.user_id,
    targets.product_id,
    coalesce(purchases.first_bought_date < targets.as_of_date, false) as is_repeat
from targets
left join {{ ref('int_seg__first_purchases') }} as purchases
    on
        targets.user_id = purchases.user_id
        and targets.product_id = purchases.product_id
