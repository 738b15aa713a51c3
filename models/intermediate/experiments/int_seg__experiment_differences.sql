{#
    One row per experiment, variant but the control, scheme, segment and metric: the difference from the control, as it is
    and with what the days before the exposure explain taken off (CUPED; Deng, Xu, Kohavi, Walker 2013). Theta is that
    of both variants together, within each, so that it knows nothing of their difference. Without a control all
    variants are here, compared with nothing.
#}

with

arms as (

    select
        arms.*,
        variants.is_control
    from {{ ref('int_seg__experiment_arms') }} as arms
    inner join {{ ref('int_seg__experiment_variants') }} as variants
        on
            arms.experiment_id = variants.experiment_id
            and arms.variant = variants.variant

),

paired as (

    select
        treated.*,
        control.variant as control_variant,
        control.user_count as control_user_count,
        control.mean as control_mean,
        control.variance as control_variance,
        control.covariate_mean as control_covariate_mean,
        control.covariate_variance as control_covariate_variance,
        control.covariance as control_covariance,
        coalesce({{ ratio(
            '(treated.user_count - 1) * treated.covariance + (control.user_count - 1) * control.covariance',
            '(treated.user_count - 1) * treated.covariate_variance + (control.user_count - 1) * control.covariate_variance'
        ) }}, 0) as theta
    from arms as treated
    left join arms as control
        on
            control.is_control
            and treated.experiment_id = control.experiment_id
            and treated.scheme = control.scheme
            and treated.segment_key = control.segment_key
            and treated.metric = control.metric
    where not treated.is_control

),

adjusted as (

    select
        *,
        variance / user_count as variance_of_mean,
        control_variance / control_user_count as variance_of_control_mean,
        greatest(0, variance - 2 * theta * covariance + theta * theta * covariate_variance)
        / user_count as cuped_variance_of_mean,
        greatest(0, control_variance - 2 * theta * control_covariance + theta * theta * control_covariate_variance)
        / control_user_count as cuped_variance_of_control_mean
    from paired

)

select
    experiment_id,
    variant,
    control_variant,
    scheme,
    segment_key,
    metric,
    metric_kind,
    user_count,
    control_user_count,
    mean,
    control_mean,
    variance_of_mean,
    variance_of_control_mean,
    mean - control_mean as difference,
    variance_of_mean + variance_of_control_mean as variance_of_difference,
    {{ ratio(
        'power(variance_of_mean + variance_of_control_mean, 2)',
        'power(variance_of_mean, 2) / (user_count - 1) + power(variance_of_control_mean, 2) / (control_user_count - 1)'
    ) }} as degrees,
    theta,
    mean - control_mean - theta * (covariate_mean - control_covariate_mean) as cuped_difference,
    cuped_variance_of_mean + cuped_variance_of_control_mean as cuped_variance_of_difference,
    {{ ratio(
        'power(cuped_variance_of_mean + cuped_variance_of_control_mean, 2)',
        'power(cuped_variance_of_mean, 2) / (user_count - 1) + power(cuped_variance_of_control_mean, 2) / (control_user_count - 1)'
    ) }} as cuped_degrees,
    is_known_before
from adjusted
