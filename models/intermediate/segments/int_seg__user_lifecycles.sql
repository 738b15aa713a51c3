{#
    One row per user: the stage of the buyer's life as of the scoring date. A new buyer is new whatever else holds;
    won back is an active buyer whose last two orders lie further apart than it takes to lapse.
#}

{% set lapsed_days = var('seg__lifecycle_lapsed_days') %}

select
    user_features.user_id,
    user_features.as_of_date,
    cast(case
        when user_features.days_since_last_order is null then 'prospect'
        when user_features.days_since_first_order <= {{ var('seg__lifecycle_new_days') }} then 'new'
        when user_features.days_since_last_order >= {{ lapsed_days }} then 'lapsed'
        when user_features.days_since_last_order > {{ var('seg__lifecycle_active_days') }} then 'at_risk'
        when user_features.days_between_last_two_orders > {{ lapsed_days }} then 'won_back'
        else 'active'
    end as string) as segment_key
from {{ ref('seg__user_features') }} as user_features
inner join {{ ref('int_seg__as_of_dates') }} as as_of_dates
    on
        user_features.as_of_date = as_of_dates.as_of_date
        and as_of_dates.split = 'scoring'
