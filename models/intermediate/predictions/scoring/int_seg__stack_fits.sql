{# One row per target, fit, fold and model: the weights that the Python fit returned, typed. #}
select
    cast(target_name as string) as target_name,
    cast(fit_name as string) as fit_name,
    cast(fold as int) as fold,
    cast(model_name as string) as model_name,
    cast(weight as double) as weight,
    cast(calibration_intercept as double) as calibration_intercept,
    cast(calibration_slope as double) as calibration_slope,
    cast(row_count as bigint) as row_count
from {{ ref('ml_seg__stack_fits') }}
