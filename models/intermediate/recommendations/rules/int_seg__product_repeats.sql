{#
    One row per date and product, but for services, that the shop lists or sold: of how many users the window after their first purchase of it lies before the date, and
    how many of them bought it again within that window.
#}

with

dates as (

    select
        as_of_date,
        window_days
    from {{ ref('int_seg__outcome_windows') }}
    where
        split in ('scoring', 'test', 'validation')
        and horizon_days = {{ var('seg__horizon_days') }}

),

judged as (

    select
        dates.as_of_date,
        purchases.product_id,
        case
            when purchases.next_bought_date <= {{ dbt.dateadd(
                'day', 'dates.window_days', 'purchases.first_bought_date'
            ) }} then 1
            else 0
        end as is_bought_again
    from {{ ref('int_seg__first_purchases') }} as purchases
    inner join dates
        on dates.as_of_date > {{ dbt.dateadd('day', 'dates.window_days', 'purchases.first_bought_date') }}

),

counted as (

    select
        as_of_date,
        product_id,
        count(*) as pair_count,
        sum(is_bought_again) as repeat_count
    from judged
    group by as_of_date, product_id

),

-- A product that is only met later is not known yet.
products as (

    select
        product_id,
        category
    from {{ ref('seg__products') }}
    where
        -- Postage comes with every order: it would make everything look like something that is bought again.
        not is_service
        and (is_listed or product_id in (select product_id from {{ ref('int_seg__first_purchases') }}))

)

select
    dates.as_of_date,
    dates.window_days,
    products.product_id,
    products.category,
    coalesce(counted.pair_count, 0) as pair_count,
    coalesce(counted.repeat_count, 0) as repeat_count
from dates
cross join products
left join counted
    on
        dates.as_of_date = counted.as_of_date
        and products.product_id = counted.product_id
