{# One row per experiment, variant, scheme, segment and metric: users, means, variances and the covariance. #}

with

totals as (

    select
        experiment_id,
        variant,
        scheme,
        segment_key,
        metric,
        min(metric_kind) as metric_kind,
        min(outcome_unit) as outcome_unit,
        min(covariate_unit) as covariate_unit,
        sum(user_count) as user_count,
        {{ exact_sum('outcome_sum') }} as outcome_sum,
        {{ exact_sum('covariate_sum') }} as covariate_sum,
        {{ exact_sum('outcome_squares') }} as outcome_squares,
        {{ exact_sum('covariate_squares') }} as covariate_squares,
        {{ exact_sum('products') }} as products,
        min(case when is_known_before then 1 else 0 end) = 1 as is_known_before
    from {{ ref('int_seg__experiment_sums') }}
    group by experiment_id, variant, scheme, segment_key, metric
    having sum(user_count) >= {{ [var('seg__minimum_group_size'), 2] | max }}

),

moments as (

    select
        *,
        outcome_sum / user_count as mean,
        covariate_sum / user_count as covariate_mean,
        outcome_squares - outcome_sum * outcome_sum / user_count as squared_deviations,
        covariate_squares - covariate_sum * covariate_sum / user_count as covariate_squared_deviations,
        products - outcome_sum * covariate_sum / user_count as deviation_products
    from totals

)

{# Sums are exact to eight decimals: what is left of equal values is no variance. #}
select
    experiment_id,
    variant,
    scheme,
    segment_key,
    metric,
    metric_kind,
    cast(user_count as bigint) as user_count,
    -- A share is a number of users: all of them are no 99.99999999 %.
    case when metric_kind = 'share' then round(outcome_sum * outcome_unit) / user_count else mean * outcome_unit end as mean,
    covariate_mean * covariate_unit as covariate_mean,
    case when squared_deviations > 1e-9 * outcome_squares then squared_deviations else 0 end
    * outcome_unit * outcome_unit / (user_count - 1) as variance,
    case when covariate_squared_deviations > 1e-9 * covariate_squares then covariate_squared_deviations else 0 end
    * covariate_unit * covariate_unit / (user_count - 1) as covariate_variance,
    case
        when squared_deviations > 1e-9 * outcome_squares and covariate_squared_deviations > 1e-9 * covariate_squares
            then deviation_products
        else 0
    end * outcome_unit * covariate_unit / (user_count - 1) as covariance,
    is_known_before
from moments
