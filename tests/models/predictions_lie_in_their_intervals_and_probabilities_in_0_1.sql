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
    or (target_name = 'will_order' and (prediction > 1 or prediction_low is not null))
    or prediction_low < 0
