{#
    One row per date, product and one of the products that users most often go for on the next day that they are here: the
    share of those who had the one and then aimed at the other, damped where they are few or where the other is popular
    anyway. Both days are bounded to a user's strongest products.
#}

{% set products_per_day = 5 %}

with

-- Numbers are the same at every date, and shorter to sort than ids: of 20 million events that halves the time.
users as (

    select distinct
        user_id,
        user_number
    from {{ ref('int_seg__recommendation_users') }}
    where is_teaching

),

products as (

    select distinct
        product_id,
        product_number
    from {{ ref('int_seg__recommendable_products') }}

),

as_of_dates as (

    select distinct as_of_date
    from {{ ref('int_seg__recommendation_users') }}
    where is_teaching

),

-- Numbered once for all dates: what came before a day does not depend on what comes after.
numbered as (

    select
        users.user_number,
        products.product_number,
        signals.activity_date,
        signals.is_target,
        row_number() over (
            partition by users.user_number, signals.activity_date
            order by signals.is_target desc, signals.browse_weight desc, products.product_number asc
        ) as place
    from {{ ref('int_seg__product_signals') }} as signals
    inner join users
        on signals.user_id = users.user_id
    inner join products
        on signals.product_id = products.product_id

),

days as (

    select
        user_number,
        activity_date,
        lead(activity_date) over (partition by user_number order by activity_date) as next_date
    from numbered
    where place = 1

),

-- How many users went from the one to the other for the first time on a day.
steps as (

    select
        before.user_number,
        before.product_number,
        afterwards.product_number as next_product_number,
        min(afterwards.activity_date) as activity_date
    from numbered as before
    inner join days
        on
            before.user_number = days.user_number
            and before.activity_date = days.activity_date
    inner join numbered as afterwards
        on
            days.user_number = afterwards.user_number
            and days.next_date = afterwards.activity_date
            and before.product_number <> afterwards.product_number
    where
        before.place <= {{ products_per_day }}
        and afterwards.place <= {{ products_per_day }}
        and afterwards.is_target = 1
    group by before.user_number, before.product_number, afterwards.product_number

),

counted as (

    select
        as_of_dates.as_of_date,
        steps.product_number,
        steps.next_product_number,
        count(*) as user_count
    from steps
    inner join as_of_dates
        on steps.activity_date < as_of_dates.as_of_date
    group by as_of_dates.as_of_date, steps.product_number, steps.next_product_number
    having count(*) >= {{ var('seg__minimum_shared_users') }}

),

compared as (

    select
        counted.as_of_date,
        counted.product_number,
        counted.next_product_number,
        counted.user_count,
        round(
            counted.user_count / sqrt(cast(lengths.user_count as double) * next_lengths.user_count)
            * counted.user_count / (counted.user_count + {{ var('seg__similarity_damping_users') }}),
            6
        ) as strength
    from counted
    inner join {{ ref('int_seg__recommendable_products') }} as next_products
        on
            counted.as_of_date = next_products.as_of_date
            and counted.next_product_number = next_products.product_number
    inner join {{ ref('int_seg__product_lengths') }} as lengths
        on
            counted.as_of_date = lengths.as_of_date
            and counted.product_number = lengths.product_number
    inner join {{ ref('int_seg__product_lengths') }} as next_lengths
        on
            counted.as_of_date = next_lengths.as_of_date
            and counted.next_product_number = next_lengths.product_number
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
