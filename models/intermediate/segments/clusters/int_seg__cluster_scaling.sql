{#
    One row per cluster feature: the scaling of the fit that serves, this date's or the last one before. Scoring reads it
    from here, so it repeats the fit's scaling exactly, however long ago that was.
#}

select
    scaling.as_of_date as fitted_as_of_date,
    scaling.feature_name,
    scaling.transform,
    scaling.fill,
    scaling.low,
    scaling.high,
    scaling.mean,
    scaling.standard_deviation,
    scaling.rule_weight,
    coalesce(scaling.weight, 1) as weight
from {{ ref('int_seg__cluster_scaling_fits') }} as scaling
inner join {{ ref('int_seg__refit_decisions') }} as decisions
    on
        scaling.as_of_date
        = case when decisions.is_refit then decisions.as_of_date else decisions.last_fitted_as_of_date end
