{#
    One row per date, product and one of the products that users most often go for after it, on the next day that they are here
    or, with `seg__next_within_sessions`, later in the same session: the share of those who had the one and then aimed at the other, damped where they are few or
    where the other is popular anyway.
#}

with

as_of_dates as (

    select distinct as_of_date
    from {{ ref('int_seg__recommendation_users') }}
    where is_teaching

),

-- When a user first went from the one to the other.
{% set between_days, within_sessions = ref('int_seg__steps_between_days'), ref('int_seg__steps_within_sessions') %}
steps as (

    {% if var('seg__next_within_sessions') %}
    select
        user_number,
        product_number,
        next_product_number,
        min(activity_date) as activity_date
    from (
        select * from {{ between_days }}
        union all
        select * from {{ within_sessions }}
    ) as all_steps
    group by user_number, product_number, next_product_number
    {% else %}
    select * from {{ between_days }}
    {% endif %}

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
