{# One row per category, and one for products without one: how often and how soon its products are bought again. #}

with

purchase_days as (

    select
        signals.product_id,
        {{ dbt.datediff(
            'lag(signals.activity_date) over (
                partition by signals.user_id, signals.product_id
                order by signals.activity_date
            )',
            'signals.activity_date',
            'day'
        ) }} as days_between
    from {{ ref('int_seg__product_signals') }} as signals
    inner join {{ ref('int_seg__as_of_dates') }} as as_of_dates
        on
            signals.activity_date < as_of_dates.as_of_date
            and as_of_dates.split = 'scoring'
    where signals.is_bought = 1

),

gaps as (

    select
        products.category,
        percentile_cont(0.5) within group (order by purchase_days.days_between) as median_days_between
    from purchase_days
    inner join {{ ref('seg__products') }} as products
        on purchase_days.product_id = products.product_id
    where purchase_days.days_between is not null
    group by products.category

)

select
    categories.as_of_date,
    cast(categories.category as string) as category,
    cast(case when categories.is_given then 'given' else 'data' end as string) as decided_by,
    cast(categories.window_days as bigint) as window_days,
    cast(categories.product_count as bigint) as product_count,
    cast(categories.pair_count as bigint) as pair_count,
    cast(categories.repeat_count as bigint) as repeat_count,
    {{ ratio('categories.repeat_count', 'categories.pair_count') }} as repeat_rate,
    cast(categories.smoothed_rate as double) as smoothed_repeat_rate,
    cast(categories.shop_rate as double) as shop_repeat_rate,
    cast(gaps.median_days_between as double) as median_days_between,
    categories.is_bought_again
from {{ ref('int_seg__category_repeats') }} as categories
inner join {{ ref('int_seg__as_of_dates') }} as as_of_dates
    on
        categories.as_of_date = as_of_dates.as_of_date
        and as_of_dates.split = 'scoring'
left join gaps
    on categories.category is not distinct from gaps.category
