{#
    One row per date and category, products without one together: how often its products are bought again by who bought
    them first, and whether that is often enough to recommend repeats. Few purchases say little: the rate is that of
    the category and of `seg__repeat_damping_pairs` more purchases with the shop's rate. The shop's own is Laplace's rule
    of succession, (repeats + 1) / (purchases + 2): with nothing seen nothing is ruled out.
#}

with

rules as (

    select
        lower(trim(category)) as category_key,
        min(case when is_bought_again then 1 else 0 end) = 1 as is_bought_again
    from ({{ reference_rows('repeat_categories', 'category', ['category', 'is_bought_again']) }}) as given
    where category is not null and is_bought_again is not null
    group by lower(trim(category))

),

categories as (

    select
        as_of_date,
        category,
        min(window_days) as window_days,
        count(*) as product_count,
        sum(pair_count) as pair_count,
        sum(repeat_count) as repeat_count
    from {{ ref('int_seg__product_repeats') }}
    group by as_of_date, category

),

with_shop as (

    select
        *,
        cast(sum(repeat_count) over (partition by as_of_date) + 1 as double)
        / (sum(pair_count) over (partition by as_of_date) + 2) as shop_rate
    from categories

),

smoothed as (

    select
        *,
        {{ smoothed_rate('repeat_count', 'pair_count', 'shop_rate', var('seg__repeat_damping_pairs')) }}
            as smoothed_rate
    from with_shop

)

select
    smoothed.as_of_date,
    smoothed.window_days,
    smoothed.category,
    smoothed.product_count,
    smoothed.pair_count,
    smoothed.repeat_count,
    smoothed.shop_rate,
    smoothed.smoothed_rate,
    rules.category_key is not null as is_given,
    coalesce(
        rules.is_bought_again,
        smoothed.smoothed_rate >= {{ var('seg__minimum_repeat_rate') }}
    ) as is_bought_again
from smoothed
left join rules
    on lower(trim(smoothed.category)) = rules.category_key
