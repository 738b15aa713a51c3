{# One row per user: what a colleague would want to know before calling. #}

with

features as (

    {{ users_as_of('scoring') }}

),

segments as (

    select
        user_id,
        max(case when scheme = 'lifecycle' then segment_name end) as lifecycle_stage,
        max(case when scheme = 'rfm' then segment_name end) as rfm_segment,
        max(case when scheme = 'value_tier' then segment_name end) as value_tier_segment,
        max(case when scheme = 'behaviour' then segment_name end) as behaviour_segment,
        max(case when scheme = 'kmeans' then segment_name end) as kmeans_segment
    from {{ ref('seg__user_segments') }}
    group by user_id

),

predictions as (

    select
        user_id,
        max(case when target_name = 'order_count' then horizon_days end) as horizon_days,
        max(case when target_name = 'order_count' then prediction end) as predicted_order_count,
        max(case when target_name = 'net_revenue' then prediction end) as predicted_net_revenue,
        max(case when target_name = 'will_order' then prediction end) as will_order_probability,
        max(case when target_name = 'will_churn' then prediction end) as will_churn_probability,
        max(case when target_name = 'days_to_next_order' then prediction end) as predicted_days_to_next_order,
        max(case when target_name = 'lifetime_value_12m' then prediction end) as predicted_lifetime_value_12m
    from {{ ref('seg__user_predictions') }}
    group by user_id

),

top_recommendations as (

    select
        user_id,
        product_id,
        product_name,
        reason
    from {{ ref('seg__user_recommendations') }}
    where recommendation_rank = 1

)

select
    features.user_id,
    features.as_of_date,
    cast(users.signed_up_at as timestamp) as signed_up_at,
    cast({{ dbt.dateadd('day', '-1 * features.days_since_first_seen', 'features.as_of_date') }} as date)
        as first_seen_date,
    cast({{ dbt.dateadd('day', '-1 * features.days_since_last_seen', 'features.as_of_date') }} as date)
        as last_seen_date,
    cast({{ dbt.dateadd('day', '-1 * features.days_since_first_order', 'features.as_of_date') }} as date)
        as first_ordered_date,
    cast({{ dbt.dateadd('day', '-1 * features.days_since_last_order', 'features.as_of_date') }} as date)
        as last_ordered_date,

    cast(segments.lifecycle_stage as string) as lifecycle_stage,
    cast(segments.rfm_segment as string) as rfm_segment,
    cast(segments.value_tier_segment as string) as value_tier_segment,
    cast(segments.behaviour_segment as string) as behaviour_segment,
    cast(segments.kmeans_segment as string) as kmeans_segment,
    features.favourite_category,
    features.favourite_brand,
    cast(users.gender as string) as gender,
    cast(users.country as string) as country,
    cast(users.region as string) as region,
    cast(users.acquisition_channel as string) as acquisition_channel,
    cast(users.email as string) as email,
    cast(users.attributes as string) as attributes,
    cast(top_recommendations.product_id as string) as top_recommendation_product_id,
    cast(top_recommendations.product_name as string) as top_recommendation_product_name,
    cast(top_recommendations.reason as string) as top_recommendation_reason,

    cast(users.birth_year as int) as birth_year,
    features.days_since_last_order,
    features.order_count,
    features.order_count_365d,
    features.net_revenue,
    features.net_revenue_365d,
    features.average_order_value,
    features.mean_days_between_orders,
    features.return_share,
    features.discount_share,
    features.session_count_90d,
    features.review_count,
    features.mean_rating,
    cast(predictions.horizon_days as int) as horizon_days,
    cast(predictions.predicted_order_count as double) as predicted_order_count,
    cast(predictions.predicted_net_revenue as double) as predicted_net_revenue,
    cast(predictions.will_order_probability as double) as will_order_probability,
    cast(predictions.will_churn_probability as double) as will_churn_probability,
    cast(predictions.predicted_days_to_next_order as double) as predicted_days_to_next_order,
    cast(predictions.predicted_lifetime_value_12m as double) as predicted_lifetime_value_12m,

    users.has_marketing_consent
from features
inner join {{ ref('int_seg__users') }} as users
    on features.user_id = users.user_id
left join segments
    on features.user_id = segments.user_id
left join predictions
    on features.user_id = predictions.user_id
left join top_recommendations
    on features.user_id = top_recommendations.user_id
