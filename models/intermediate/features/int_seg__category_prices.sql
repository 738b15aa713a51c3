{#
    One row per as-of date and category of which something was bought: what a unit cost on average, over everybody's purchases
    before the date.
#}
with

-- Periods first, dates after: every purchase is read once.
bought as (

    select
        as_of_periods.as_of_date as period_end_date,
        products.category,
        sum(user_product_days.unit_count) as unit_count,
        sum(user_product_days.gross_revenue) as gross_revenue
    from {{ ref('int_seg__user_product_days') }} as user_product_days
    inner join {{ ref('int_seg__as_of_periods') }} as as_of_periods
        on
            user_product_days.activity_date >= as_of_periods.period_start_date
            and user_product_days.activity_date < as_of_periods.as_of_date
    inner join {{ ref('seg__products') }} as products
        on user_product_days.product_id = products.product_id
    where
        (user_product_days.unit_count <> 0 or user_product_days.gross_revenue <> 0)
        and products.category is not null
        and not products.is_service
    group by as_of_periods.as_of_date, products.category

)

select
    as_of_dates.as_of_date,
    bought.category,
    {{ ratio('sum(bought.gross_revenue)', 'sum(bought.unit_count)') }} as mean_unit_price
from bought
inner join {{ ref('int_seg__as_of_dates') }} as as_of_dates
    on bought.period_end_date <= as_of_dates.as_of_date
group by as_of_dates.as_of_date, bought.category
