{#
    One row per user and as-of date: what was known of the user before that date, in numbers. A user appears once known;
    a listed user who never did anything and has no sign-up date appears at the scoring date only. In a large shop some users
    alone appear at the dates that nothing but predictions learns from (`int_seg__feature_dates`).
#}
{{ config(materialized='by_user', meta={'users': 'int_seg__users_to_score'}) }}

with

users as (

    select
        users.user_id,
        feature_dates.as_of_date,
        case
            when users.signed_up_at < feature_dates.as_of_date
                then {{ dbt.datediff('users.signed_up_at', 'feature_dates.as_of_date', 'day') }}
        end as days_since_sign_up
    from {{ ref('int_seg__users') }} as users
    inner join {{ ref('int_seg__feature_dates') }} as feature_dates
        on
            users.known_date < feature_dates.as_of_date
            or (users.is_listed_without_date and feature_dates.split = 'scoring')
    where
        users.sample_bucket % feature_dates.one_in = 0
        and {{ only_users_to_refresh('users.user_id', 'int_seg__users_to_score') }}

)

select
    cast(users.user_id as string) as user_id,
    users.as_of_date,

    cast(affinities.favourite_category as string) as favourite_category,
    cast(affinities.favourite_brand as string) as favourite_brand,

    cast(users.days_since_sign_up as bigint) as days_since_sign_up,
    cast(sums.days_since_first_seen as bigint) as days_since_first_seen,
    cast(sums.days_since_last_seen as bigint) as days_since_last_seen,
    cast(sums.days_since_first_order as bigint) as days_since_first_order,
    cast(sums.days_since_last_order as bigint) as days_since_last_order,

    {% for name in windowed_measures() %}
    {% for window in feature_windows() %}
    coalesce(sums.{{ name }}_{{ window }}d, 0) as {{ name }}_{{ window }}d,
    {% endfor %}
    coalesce(sums.{{ name }}, 0) as {{ name }},
    {% endfor %}

    {{ ratio('sums.net_revenue', 'sums.order_count') }} as average_order_value,
    {{ ratio('sums.unit_count', 'sums.order_count') }} as units_per_order,

    {{ ratio('sums.order_gap_days', 'sums.order_gap_count') }} as mean_days_between_orders,
    case
        when sums.order_gap_count > 1 then sqrt(greatest(
            (sums.order_gap_squares - sums.order_gap_days * sums.order_gap_days / sums.order_gap_count)
            / (sums.order_gap_count - 1),
            0
        ))
    end as sd_days_between_orders,
    cast(sums.days_between_last_two_orders as bigint) as days_between_last_two_orders,
    {{ ratio('sums.days_since_last_order', ratio('sums.order_gap_days', 'sums.order_gap_count')) }}
        as recency_to_rhythm,

    {{ ratio('sums.browse_seconds', 'sums.session_count') }} as browse_seconds_per_session,
    {{ ratio('sums.click_count', 'sums.view_count') }} as click_through_rate,
    {{ ratio('sums.cart_add_count', 'sums.view_count') }} as cart_rate,
    -- A session over midnight counts on one day, and may seem to have led to an order on both.
    {{ ratio('least(sums.purchase_session_count, sums.session_count)', 'sums.session_count') }} as conversion_rate,
    {{ ratio('sums.abandoned_session_count', 'sums.cart_session_count') }} as cart_abandonment_rate,
    {{ ratio('sums.discount_amount', 'sums.gross_revenue') }} as discount_share,
    {{ ratio('sums.coupon_order_count', 'sums.order_count') }} as coupon_order_share,
    {{ ratio('sums.returned_unit_count', 'sums.unit_count') }} as return_share,
    {{ ratio('sums.cancelled_order_count', 'sums.placed_order_count') }} as cancellation_share,

    cast(coalesce(affinities.category_count, 0) as bigint) as category_count,
    affinities.category_entropy,
    affinities.favourite_category_share,
    affinities.favourite_brand_share,
    price_levels.price_level,

    {% for part in ['night', 'morning', 'afternoon', 'evening', 'weekend'] %}
    {{ ratio('sums.' ~ part ~ '_event_count', 'sums.event_count') }} as {{ part }}_share,
    {% endfor %}

    cast(coalesce(sums.review_count, 0) as bigint) as review_count,
    {{ ratio('sums.rating_total', 'sums.review_count') }} as mean_rating,
    cast(coalesce(sums.touch_count, 0) as bigint) as touch_count,
    {{ ratio('sums.touch_response_count', 'sums.touch_count') }} as touch_response_rate,

    {{ trend('sums.event_count') }} as event_trend,
    {{ trend('sums.order_count') }} as order_trend,
    {{ trend('sums.net_revenue') }} as revenue_trend

from users
left join {{ ref('int_seg__user_day_sums') }} as sums
    on
        users.user_id = sums.user_id
        and users.as_of_date = sums.as_of_date
left join {{ ref('int_seg__user_affinity_features') }} as affinities
    on
        users.user_id = affinities.user_id
        and users.as_of_date = affinities.as_of_date
left join {{ ref('int_seg__user_price_levels') }} as price_levels
    on
        users.user_id = price_levels.user_id
        and users.as_of_date = price_levels.as_of_date
