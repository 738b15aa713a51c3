{# One row per target, user and as-of date on validation and test: what the stack of the single models says. #}
with

stacked as (

    select
        scored.target_name,
        scored.user_id,
        scored.as_of_date,
        scored.split,
        scored.is_active_buyer,
        max(scored.actual) as actual,
        {{ exact_sum('stack_fits.weight * scored.prediction') }} as prediction,
        max(stack_fits.calibration_intercept) as calibration_intercept,
        max(stack_fits.calibration_slope) as calibration_slope
    from {{ ref('int_seg__predictions_scored') }} as scored
    inner join {{ ref('int_seg__stack_fits') }} as stack_fits
        on
            scored.target_name = stack_fits.target_name
            and scored.model_name = stack_fits.model_name
            and scored.fit_name = stack_fits.fit_name
            and stack_fits.fold = case scored.split
                when 'validation' then {{ md5_bucket('scored.user_id', 5) }}
                else -1
            end
    where scored.split in ('validation', 'test')
    group by scored.target_name, scored.user_id, scored.as_of_date, scored.split, scored.is_active_buyer

)

select
    target_name,
    user_id,
    as_of_date,
    split,
    is_active_buyer,
    actual,
    'stacked' as model_name,
    {{ calibrated('prediction', 'calibration_intercept', 'calibration_slope') }} as prediction
from stacked
