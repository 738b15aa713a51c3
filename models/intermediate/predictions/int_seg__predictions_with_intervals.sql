{#
    One row per user, as-of date, amount target and model on test and at the scoring date, with the 80 % interval
    calibrated one window earlier. It is widened to hold the prediction itself and starts at 0 or above, as the
    predictions do: more returned than bought is rare, and `coverage_80` counts it as outside.
#}
with

pooled as (

    select * from {{ ref('int_seg__prediction_intervals') }}
    where bucket = -1

),

predictions as (

    select
        scored.user_id,
        scored.as_of_date,
        scored.target_name,
        scored.model_name,
        scored.split,
        scored.actual,
        scored.prediction,
        pooled.calibration_split,
        pooled.low_error,
        pooled.high_error,
        {{ prediction_bucket('scored.prediction', 'pooled') }} as bucket
    from {{ ref('int_seg__predictions_scored') }} as scored
    inner join pooled
        on
            scored.target_name = pooled.target_name
            and scored.model_name = pooled.model_name
            and pooled.calibration_split = case scored.split
                when 'scoring' then 'test'
                when 'test' then 'validation'
            end

)

select
    predictions.user_id,
    predictions.as_of_date,
    predictions.target_name,
    predictions.model_name,
    predictions.split,
    predictions.actual,
    predictions.prediction,
    greatest(0.0, predictions.prediction + least(0.0, coalesce(buckets.low_error, predictions.low_error)))
        as prediction_low,
    predictions.prediction + greatest(0.0, coalesce(buckets.high_error, predictions.high_error)) as prediction_high
from predictions
left join {{ ref('int_seg__prediction_intervals') }} as buckets
    on
        predictions.target_name = buckets.target_name
        and predictions.model_name = buckets.model_name
        and predictions.calibration_split = buckets.calibration_split
        and predictions.bucket = buckets.bucket
