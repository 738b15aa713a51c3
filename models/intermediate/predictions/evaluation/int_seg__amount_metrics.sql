{{ config(materialized='ephemeral') }}
{#
    How far predicted amounts and days are from what came, one row per target, model, split and metric: mse, rmse, mae, r2,
    poisson_deviance.
#}
{# Of a purchase that was not expected at all the deviance would be infinite: a hundredth of the mean is expected at least. #}
{% set least_expected = 'greatest(0.01 * amount_sizes.mean_actual, 0.000001)' %}

with

amounts as (

    select
        target_name,
        model_name,
        is_baseline,
        split,
        actual,
        prediction,
        actual - prediction as error
    from {{ ref('int_seg__predictions_evaluated') }}
    where not {{ is_probability_target('target_name') }}

),

amount_sizes as (

    select
        target_name,
        model_name,
        split,
        {{ exact_sum('actual') }} / count(*) as mean_actual,
        greatest(max(abs(actual)), max(prediction), 0.000001) as largest_amount,
        nullif(max(abs(error)), 0) as largest_error
    from amounts
    group by target_name, model_name, split

),

amount_spreads as (

    select
        amounts.*,
        amount_sizes.mean_actual,
        amount_sizes.largest_amount,
        amount_sizes.largest_error,
        {{ least_expected }} as least_expected,
        greatest(amounts.prediction, {{ least_expected }}) as expected,
        max(abs(amounts.actual - amount_sizes.mean_actual)) over (
            partition by amounts.target_name, amounts.model_name, amounts.split
        ) as largest_deviation
    from amounts
    inner join amount_sizes
        on
            amounts.target_name = amount_sizes.target_name
            and amounts.model_name = amount_sizes.model_name
            and amounts.split = amount_sizes.split

),

{# Relative to the largest, so that a huge amount cannot overflow the sum. #}
amount_shares as (

    select
        *,
        coalesce(error / largest_error, 0) as error_share,
        {# Returns count against what was expected, or who expects too much would be chosen where much comes back. #}
        case
            when actual > 0 then actual / largest_amount * ln(actual / expected) - actual / largest_amount
            else -actual / largest_amount * ln(expected / least_expected)
        end
        + expected / largest_amount as deviance_share,
        coalesce((actual - mean_actual) / nullif(largest_deviation, 0), 0) as deviation_share
    from amount_spreads

),

amount_metrics as (

    select
        target_name,
        model_name,
        is_baseline,
        split,
        count(*) as row_count,
        coalesce(max(largest_error), 0) * coalesce(max(largest_error), 0)
            * {{ exact_unit_mean('error_share * error_share') }} as mse,
        coalesce(max(largest_error), 0) * {{ exact_unit_mean('abs(error_share)') }} as mae,
        2 * max(largest_amount) * {{ exact_unit_mean('deviance_share') }} as poisson_deviance,
        case
            when min(actual) < max(actual)
                then max(largest_deviation) * max(largest_deviation)
                    * {{ exact_unit_mean('deviation_share * deviation_share') }}
        end as variance
    from amount_shares
    group by target_name, model_name, is_baseline, split

)

{% for metric in ['mse', 'rmse', 'mae', 'r2', 'poisson_deviance'] %}
select
    target_name,
    model_name,
    is_baseline,
    split,
    '{{ metric }}' as metric_name,
    {% if metric == 'rmse' %}sqrt(mse){% elif metric == 'r2' %}1 - mse / variance{% else %}{{ metric }}{% endif %} as metric_value,
    row_count
from amount_metrics
{% if not loop.last %}union all
{% endif %}
{% endfor %}
