{#
    One row per cluster feature: the scaling of the fit that serves, the latest up to the as-of date. Scoring reads it
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
inner join (
    select max(fits.as_of_date) as as_of_date
    from {{ ref('int_seg__cluster_scaling_fits') }} as fits
    inner join {{ ref('int_seg__as_of_dates') }} as as_of_dates
        on fits.as_of_date <= as_of_dates.as_of_date
    where as_of_dates.split = 'scoring'
) as serving
    on scaling.as_of_date = serving.as_of_date
