{#
    One row per date, user and product of the user that is not to be recommended, with the first reason that holds. Without
    a return or a low rating that is only what is hardly ever bought again, by the product's own rate, smoothed
    towards its category's (or by none of very many who bought it again), or by what the shop says of the category.
#}
{{ config(materialized='kept_in_realtime') }}

with

as_of_dates as (

    select as_of_date
    from {{ ref('int_seg__as_of_dates') }}
    where split in {{ recommended_splits() }}

),

sent_back as (

    {{ products_sent_back('as_of_dates', only_users_to_refresh('user_id', 'int_seg__users_to_measure')) }}

),

-- The latest of several says what the user thinks now.
ratings as (

    select
        as_of_dates.as_of_date,
        reviews.user_id,
        reviews.product_id,
        reviews.rating,
        row_number() over (
            partition by as_of_dates.as_of_date, reviews.user_id, reviews.product_id
            order by reviews.reviewed_at desc, reviews.review_id desc
        ) as review_number
    from {{ ref('int_seg__reviews_kept') }} as reviews
    inner join as_of_dates
        on reviews.reviewed_at < as_of_dates.as_of_date
    where reviews.rating is not null and {{ only_users_to_refresh('reviews.user_id', 'int_seg__users_to_measure') }}

),

one_off_products as (

    select
        repeats.as_of_date,
        repeats.product_id
    from {{ ref('int_seg__product_repeats') }} as repeats
    inner join {{ ref('int_seg__category_repeats') }} as categories
        on
            repeats.as_of_date = categories.as_of_date
            and repeats.category is not distinct from categories.category
    where
        not case
            when categories.is_given then categories.is_bought_again
            -- Nobody of n: with 95 % the rate is below 3 / n (rule of three; Hanley & Lippman-Hand 1983).
            when repeats.repeat_count = 0 and repeats.pair_count * {{ var('seg__minimum_repeat_rate') }} >= 3 then false
            else {{ smoothed_rate(
                'repeats.repeat_count', 'repeats.pair_count', 'categories.smoothed_rate',
                var('seg__repeat_damping_pairs')
            ) }} >= {{ var('seg__minimum_repeat_rate') }}
        end

),

excluded as (

    select
        as_of_date,
        user_id,
        product_id,
        1 as reason_number
    from sent_back

    union all

    select
        as_of_date,
        user_id,
        product_id,
        2 as reason_number
    from ratings
    where review_number = 1 and rating <= {{ var('seg__low_rating') }}

    union all

    select
        as_of_dates.as_of_date,
        days.user_id,
        days.product_id,
        3 as reason_number
    from {{ ref('int_seg__user_product_days') }} as days
    inner join as_of_dates
        on days.activity_date < as_of_dates.as_of_date
    inner join one_off_products
        on
            {{ stored_date('as_of_dates.as_of_date') }} = one_off_products.as_of_date
            and days.product_id = one_off_products.product_id
    where days.order_count > 0 and {{ only_users_to_refresh('days.user_id', 'int_seg__users_to_measure') }}

)

select
    as_of_date,
    user_id,
    product_id,
    cast(case min(reason_number)
        when 1 then 'returned'
        when 2 then 'rated_low'
        else 'not_bought_again'
    end as string) as exclusion_reason
from excluded
group by as_of_date, user_id, product_id
