{#
    One row per target, feature and range of its standardized value: contribution = base_contribution + slope x value.
    A linear model of the features that serves gives its own coefficients, which is exact; any other model, one of components
    too, the line of one feature or the additive steps that come closest to it, with their fidelity.
#}
with

of_features as (

    select *
    from {{ ref('int_seg__linear_fits') }}
    where model_name <> 'component_regression' and fit_name = 'serve'

)

select
    cast(fits.target_name as string) as target_name,
    cast(fits.feature_name as string) as feature_name,
    cast(fits.low_value as double) as low_value,
    cast(fits.high_value as double) as high_value,
    cast(fits.base_contribution as double) as base_contribution,
    cast(fits.slope as double) as slope,
    case when fits.slope <> 0 then 'linear_terms' else 'additive_steps' end as method,
    cast(fits.fidelity as double) as fidelity
from {{ ref('ml_seg__reason_fits') }} as fits
left join of_features as linear_fits
    on
        fits.target_name = linear_fits.target_name
        and linear_fits.feature_name = 'intercept'
        and linear_fits.model_name = (
            select choices.model_name
            from {{ ref('seg__model_choices') }} as choices
            where choices.target_name = fits.target_name
        )
where linear_fits.target_name is null

union all

select
    linear_fits.target_name,
    linear_fits.feature_name,
    cast(null as double) as low_value,
    cast(null as double) as high_value,
    cast(0 as double) as base_contribution,
    linear_fits.coefficient as slope,
    'linear_terms' as method,
    cast(1 as double) as fidelity
from of_features as linear_fits
inner join {{ ref('seg__model_choices') }} as choices
    on
        linear_fits.target_name = choices.target_name
        and linear_fits.model_name = choices.model_name
where linear_fits.feature_name <> 'intercept' and linear_fits.coefficient <> 0
