{# One row per target, model and feature: the coefficients of the fit on all past windows, which scores today. #}
select
    fits.as_of_date,
    fits.target_name,
    fits.model_name,
    fits.feature_name,
    cast(scaling.transform as string) as transform,
    fits.coefficient,
    cast(fits.coefficient / nullif(scaling.standard_deviation, 0) as double) as coefficient_per_unit,
    fits.importance
from {{ ref('int_seg__linear_fits') }} as fits
inner join {{ prediction_targets_relation() }} as targets
    on fits.target_name = targets.target_name
left join {{ ref('int_seg__prediction_scaling') }} as scaling
    on
        fits.feature_name = scaling.feature_name
        and targets.horizon_days = scaling.horizon_days
where fits.fit_name = 'serve'
