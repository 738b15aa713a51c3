{#
    One row per date, product and one of the products that users most often go for on the next day that they are here: the
    share of those who had the one and then aimed at the other, damped where they are few or where the other is popular
    anyway. Both days are bounded to a user's strongest products.
#}

{% set products_per_day = 5 %}

with

user_numbers as (

    select
        as_of_date,
        user_id,
        user_number
    from {{ ref('int_seg__recommendation_users') }}
    where is_teaching

),

product_numbers as (

    select
        as_of_date,
        product_id,
        product_number
    from {{ ref('int_seg__recommendable_products') }}

),

-- Numbered once for all dates: what came before a day does not depend on what comes after.
numbered as (

    select
        user_id,
        product_id,
        activity_date,
        is_target,
        dense_rank() over (partition by user_id order by activity_date) as day_number,
        row_number() over (
            partition by user_id, activity_date
            order by is_target desc, browse_weight desc, product_id asc
        ) as place
    from {{ ref('int_seg__product_signals') }}

),

days as (

    select * from numbered
    where place <= {{ products_per_day }}

),

-- How many users went from the one to the other for the first time on a day.
steps as (

    select
        user_id,
        product_id,
        next_product_id,
        min(activity_date) as activity_date
    from (
        select
            days.user_id,
            days.product_id,
            next_days.product_id as next_product_id,
            next_days.activity_date
        from days
        inner join days as next_days
            on
                days.user_id = next_days.user_id
                and days.day_number + 1 = next_days.day_number
                and days.product_id <> next_days.product_id
        where next_days.is_target = 1
    ) as found
    group by user_id, product_id, next_product_id

),

counted as (

    select
        user_numbers.as_of_date,
        steps.product_id,
        steps.next_product_id,
        count(*) as user_count
    from steps
    inner join user_numbers
        on
            steps.user_id = user_numbers.user_id
            and user_numbers.as_of_date > steps.activity_date
    group by user_numbers.as_of_date, steps.product_id, steps.next_product_id
    having count(*) >= {{ var('seg__minimum_shared_users') }}

),

compared as (

    select
        counted.as_of_date,
        product_numbers.product_number,
        next_products.product_number as next_product_number,
        counted.user_count,
        round(
            counted.user_count / sqrt(cast(lengths.user_count as double) * next_lengths.user_count)
            * counted.user_count / (counted.user_count + {{ var('seg__similarity_damping_users') }}),
            6
        ) as strength
    from counted
    inner join product_numbers
        on
            counted.as_of_date = product_numbers.as_of_date
            and counted.product_id = product_numbers.product_id
    inner join {{ ref('int_seg__recommendable_products') }} as next_products
        on
            counted.as_of_date = next_products.as_of_date
            and counted.next_product_id = next_products.product_id
    inner join {{ ref('int_seg__product_lengths') }} as lengths
        on
            counted.as_of_date = lengths.as_of_date
            and product_numbers.product_number = lengths.product_number
    inner join {{ ref('int_seg__product_lengths') }} as next_lengths
        on
            counted.as_of_date = next_lengths.as_of_date
            and next_products.product_number = next_lengths.product_number
    where next_products.is_eligible

),

ranked as (

    select
        *,
        row_number() over (
            partition by as_of_date, product_number
            order by strength desc, next_product_number asc
        ) as next_rank
    from compared
    where strength > 0

)

select * from ranked
where next_rank <= {{ var('seg__similar_product_count') }}
