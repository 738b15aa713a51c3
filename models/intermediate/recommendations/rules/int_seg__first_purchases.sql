{# One row per user and product that the user bought: the first day of it, and the next day on which it was bought again. #}

with

purchase_days as (

    select
        signals.user_id,
        signals.product_id,
        signals.activity_date,
        row_number() over (
            partition by signals.user_id, signals.product_id
            order by signals.activity_date
        ) as purchase_number
    from {{ ref('int_seg__product_signals') }} as signals
    inner join {{ ref('int_seg__as_of_dates') }} as as_of_dates
        on
            signals.activity_date < as_of_dates.as_of_date
            and as_of_dates.split = 'scoring'
    where signals.is_bought = 1

)

select
    user_id,
    product_id,
    min(activity_date) as first_bought_date,
    max(case when purchase_number = 2 then activity_date end) as next_bought_date
from purchase_days
where purchase_number <= 2
group by user_id, product_id
