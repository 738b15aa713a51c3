select
    user_id,
    target_name,
    prediction_low,
    prediction,
    prediction_high
from {{ ref('seg__user_predictions') }}
where
    prediction_low > prediction
    or prediction_high < prediction
    or (prediction_low is null) <> (prediction_high is null)
    or (target_name in ('will_order', 'will_churn') and prediction_high > 1)
    or (target_name in ('will_order', 'will_churn') and prediction > 1)
    or (target_name = 'days_to_next_order' and (prediction < 1 or prediction > horizon_days))
    or prediction_low < 0
