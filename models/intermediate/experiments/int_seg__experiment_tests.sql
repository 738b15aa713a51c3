{#
    One row per experiment, variant but the control, scheme, segment and metric: intervals and p-values. Means are compared
    by Welch's t, shares by the pooled two-proportion z, with Newcombe's interval of the difference (1998, method 10). Without
    any variance nothing is told of a mean, and of a share the interval alone.
#}

{% set z = significance()['z'] %}
{% set planned = var('seg__experiment_planned_users') %}

with

standardized as (

    select
        *,
        {{ ratio(
            'mean * user_count + control_mean * control_user_count', 'user_count + control_user_count'
        ) }} as pooled_share,
        case when variance_of_difference > 0 then difference / sqrt(variance_of_difference) end as t,
        case when variance_of_difference > 0 then {{ student_t_quantile(z, 'degrees') }} end as quantile,
        case when cuped_variance_of_difference > 0 then cuped_difference / sqrt(cuped_variance_of_difference) end as cuped_t,
        case when cuped_variance_of_difference > 0 then {{ student_t_quantile(z, 'cuped_degrees') }} end as cuped_quantile
    from {{ ref('int_seg__experiment_differences') }}

),

as_normal as (

    select
        *,
        case
            when metric_kind <> 'share' then {{ student_t_as_normal('t', 'degrees') }}
            when pooled_share > 0 and pooled_share < 1 then difference / sqrt(
                pooled_share * (1 - pooled_share) * (1.0 / user_count + 1.0 / control_user_count)
            )
        end as z_score,
        {{ student_t_as_normal('cuped_t', 'cuped_degrees') }} as cuped_z_score,
        case when metric_kind = 'share' then {{ wilson_bound('mean', 'user_count', z, -1) }} end as share_low,
        case when metric_kind = 'share' then {{ wilson_bound('mean', 'user_count', z, 1) }} end as share_high,
        case when metric_kind = 'share' then {{ wilson_bound('control_mean', 'control_user_count', z, -1) }} end
            as control_share_low,
        case when metric_kind = 'share' then {{ wilson_bound('control_mean', 'control_user_count', z, 1) }} end
            as control_share_high
    from standardized

)

select
    experiment_id,
    variant,
    control_variant,
    scheme,
    segment_key,
    metric,
    user_count,
    control_user_count,
    mean,
    control_mean,
    difference,
    case
        when metric_kind = 'share' then difference - sqrt(
            power(mean - share_low, 2) + power(control_share_high - control_mean, 2)
        )
        else difference - quantile * sqrt(variance_of_difference)
    end as difference_low,
    case
        when metric_kind = 'share' then difference + sqrt(
            power(share_high - mean, 2) + power(control_mean - control_share_low, 2)
        )
        else difference + quantile * sqrt(variance_of_difference)
    end as difference_high,
    2 * {{ normal_tail('z_score') }} as p_value,
    {{ ratio('difference', 'control_mean') }} as relative_lift,
    {{ fieller_bound('mean', 'variance_of_mean', 'control_mean', 'variance_of_control_mean', 'quantile', -1) }} - 1
        as relative_lift_low,
    {{ fieller_bound('mean', 'variance_of_mean', 'control_mean', 'variance_of_control_mean', 'quantile', 1) }} - 1
        as relative_lift_high,
    theta as cuped_theta,
    cuped_difference,
    cuped_difference - cuped_quantile * sqrt(cuped_variance_of_difference) as cuped_difference_low,
    cuped_difference + cuped_quantile * sqrt(cuped_variance_of_difference) as cuped_difference_high,
    2 * {{ normal_tail('cuped_z_score') }} as cuped_p_value,
    1 - {{ ratio('cuped_variance_of_difference', 'variance_of_difference') }} as variance_reduction,
    case
        when variance_of_difference > 0
            then difference - {{ sequential_half_width(
                'variance_of_difference', '(user_count + control_user_count)', planned
            ) }}
    end as sequential_low,
    case
        when variance_of_difference > 0
            then difference + {{ sequential_half_width(
                'variance_of_difference', '(user_count + control_user_count)', planned
            ) }}
    end as sequential_high,
    case
        when variance_of_difference > 0
            then {{ sequential_p_value(
                'difference', 'variance_of_difference', '(user_count + control_user_count)', planned
            ) }}
    end as sequential_p_value,
    case
        when variance_of_difference > 0
            then {{ z + significance()['power_z'] }} * sqrt(variance_of_difference)
    end as minimum_detectable_effect,
    is_known_before
from as_normal
