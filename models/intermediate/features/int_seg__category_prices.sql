{#
    One row per as-of date and category of which something was bought: what a unit cost on average, over everybody's purchases
    before the date.
#}

with

as_of_dates as (

    {{ dates_of_days(ref('int_seg__user_product_days'), ref('int_seg__as_of_dates')) }}

)

select
    as_of_dates.as_of_date,
    products.category,
    {{ ratio('sum(user_product_days.gross_revenue)', 'sum(user_product_days.unit_count)') }} as mean_unit_price
from {{ ref('int_seg__user_product_days') }} as user_product_days
inner join as_of_dates
    on user_product_days.activity_date = as_of_dates.activity_date
inner join {{ ref('seg__products') }} as products
    on user_product_days.product_id = products.product_id
where
    user_product_days.unit_count > 0
    and products.category is not null
    and not products.is_service
group by as_of_dates.as_of_date, products.category
