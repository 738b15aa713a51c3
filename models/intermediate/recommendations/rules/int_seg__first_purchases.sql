{# One row per user and product that the user bought: the first day of it, and the next day on which it was bought again. #}

select
    signals.user_id,
    signals.product_id,
    min(signals.activity_date) as first_bought_date,
    {{ second_smallest('signals.activity_date') }} as next_bought_date
from {{ ref('int_seg__product_signals') }} as signals
inner join {{ ref('int_seg__as_of_dates') }} as as_of_dates
    on
        signals.activity_date < as_of_dates.as_of_date
        and as_of_dates.split = 'scoring'
where signals.is_bought = 1
group by signals.user_id, signals.product_id
