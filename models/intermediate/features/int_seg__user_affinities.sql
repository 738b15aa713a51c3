{#
    One row per user, as-of date, attribute (category or brand) and value: how much the user has to do with it, in
    weighted signals, and what was bought of it.
#}
{{ config(
    materialized='by_user',
    meta={'users': 'int_seg__users_to_measure'},
    pre_hook="{{ begin_turns('int_seg__user_product_days', times=4) }}",
    post_hook="{{ make_other_turns('int_seg__user_product_days', times=4) }}"
) }}

with

weights as (

    {{ event_weights_in_one_row(in_ten_thousandths=true) }}

),

periods as (

    {{ dates_of_days(
        ref('int_seg__user_product_days'), ref('int_seg__as_of_periods'),
        'days.activity_date >= dates.period_start_date and days.activity_date < dates.as_of_date'
    ) }}

),

-- Distinct as they are, which keeps this join before the one with what was added up.
later_dates as (

    select distinct
        as_of_periods.as_of_date as period_end_date,
        feature_dates.as_of_date,
        feature_dates.one_in
    from {{ ref('int_seg__as_of_periods') }} as as_of_periods
    inner join {{ ref('int_seg__feature_dates') }} as feature_dates
        on as_of_periods.as_of_date <= feature_dates.as_of_date

),

attributed as (

    {% for attribute in ['category', 'brand'] %}
    select
        user_product_days.user_id,
        periods.as_of_date as period_end_date,
        '{{ attribute }}' as attribute,
        products.{{ attribute }} as attribute_value,
        sum({{ product_affinity() }}) as affinity,
        -- As a double, exact below 2^53: whole numbers are added up in 128 bits.
        sum(cast(user_product_days.unit_count as double)) as unit_count,
        sum(user_product_days.gross_revenue) as gross_revenue
    from {{ ref('int_seg__user_product_days') }} as user_product_days
    inner join periods
        on user_product_days.activity_date = periods.activity_date
    inner join {{ ref('seg__products') }} as products
        on user_product_days.product_id = products.product_id
    cross join weights
    where
        products.{{ attribute }} is not null
        and not products.is_service
        and {{ only_users_to_refresh('user_product_days.user_id', 'int_seg__users_to_measure') }}
        and {{ is_users_turn('user_product_days.user_id') }}
    group by user_product_days.user_id, periods.as_of_date, products.{{ attribute }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    attributed.user_id,
    later_dates.as_of_date,
    attributed.attribute,
    attributed.attribute_value,
    -- More removed from carts than was ever added or seen is no interest, not a negative one.
    greatest(sum(attributed.affinity) / 10000, 0) as affinity,
    cast(sum(attributed.unit_count) as bigint) as unit_count,
    cast(sum(attributed.gross_revenue) as decimal(18, 4)) as gross_revenue
from attributed
inner join {{ ref('int_seg__users') }} as users
    on attributed.user_id = users.user_id
inner join later_dates
    on
        attributed.period_end_date = later_dates.period_end_date
        and users.sample_bucket % later_dates.one_in = 0
group by attributed.user_id, later_dates.as_of_date, attributed.attribute, attributed.attribute_value
