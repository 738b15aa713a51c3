{#
    One row per horizon: by how much what is expected in the window usually grows to the horizon, the median of the buyers whom
    the lifetime models know. No row where they know nobody.
#}
select
    horizon_days,
    median(horizon_scale) as horizon_scale,
    median(probability_scale) as probability_scale,
    median(discounted_horizon_scale) as discounted_horizon_scale
from {{ ref('int_seg__prediction_features_filled') }}
where split = 'scoring' and has_lifetime_expectation
group by horizon_days
