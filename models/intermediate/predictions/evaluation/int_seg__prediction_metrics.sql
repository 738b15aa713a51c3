{#
    One row per target, model, split and metric. Amounts and days: mse, rmse, mae, r2, poisson_deviance. Probabilities:
    auc, log_loss, brier, accuracy. All: coverage_80. A metric that does not exist (r2 of equal outcomes, auc of one class)
    has no row.
#}
{# Of a purchase that was not expected at all the deviance would be infinite: a hundredth of the mean is expected at least. #}
{% set least_expected = 'greatest(0.01 * amount_sizes.mean_actual, 0.000001)' %}
{% set is_probability = is_probability_target('target_name') %}

with

scored as (

    select
        target_name,
        model_name,
        is_baseline,
        split,
        actual,
        prediction
    from {{ ref('int_seg__predictions_evaluated') }}

),

amounts as (

    select
        *,
        actual - prediction as error
    from scored
    where not {{ is_probability }}

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

),

probability_metrics as (

    select
        target_name,
        model_name,
        is_baseline,
        split,
        count(*) as row_count,
        {{ exact_unit_mean('(actual - prediction) * (actual - prediction)') }} as brier,
        {{ exact_sum(
            '-ln(greatest(0.000001, case when actual = 1 then prediction else 1 - prediction end))'
        ) }} / count(*) as log_loss,
        {{ ratio('sum(case when (prediction >= 0.5) = (actual = 1) then 1 else 0 end)', 'count(*)') }} as accuracy
    from scored
    where {{ is_probability }}
    group by target_name, model_name, is_baseline, split

),

{# Rows of one prediction share their rank: each pair of a buyer and another counts 1, 1/2 or 0, in whole numbers. #}
tied_rows as (

    select
        target_name,
        model_name,
        is_baseline,
        split,
        round(prediction, 12) as prediction,
        sum(case when actual = 1 then 1 else 0 end) as positive_count,
        sum(case when actual = 1 then 0 else 1 end) as negative_count
    from scored
    where {{ is_probability }}
    group by target_name, model_name, is_baseline, split, round(prediction, 12)

),

ranked_rows as (

    select
        *,
        sum(negative_count) over (
            partition by target_name, model_name, split
            order by prediction
            rows between unbounded preceding and current row
        ) as negative_count_so_far
    from tied_rows

),

auc as (

    select
        target_name,
        model_name,
        is_baseline,
        split,
        cast(sum(positive_count + negative_count) as bigint) as row_count,
        {{ ratio(
            'sum(positive_count * (2 * negative_count_so_far - negative_count))',
            '2 * sum(positive_count) * sum(negative_count)'
        ) }} as auc
    from ranked_rows
    group by target_name, model_name, is_baseline, split

),

{# Rounded like the scores that the intervals are made of: the row that sets the width lies inside. #}
coverage as (

    select
        evaluated.target_name,
        evaluated.model_name,
        evaluated.split,
        count(*) as row_count,
        {{ ratio(
            'sum(case when ' ~ interval_score(
                'evaluated.actual', 'evaluated.prediction', 'intervals.mean_actual',
                is_probability_target('evaluated.target_name')
            ) ~ ' <= intervals.width then 1 else 0 end)',
            'count(*)'
        ) }} as coverage_80
    from {{ ref('int_seg__predictions_evaluated') }} as evaluated
    inner join {{ ref('int_seg__prediction_intervals') }} as intervals
        on
            evaluated.target_name = intervals.target_name
            and evaluated.model_name = intervals.model_name
            and intervals.fit_name = 'report'
            and {{ is_in_band('evaluated.prediction', 'intervals') }}
    where evaluated.split = 'test'
    group by evaluated.target_name, evaluated.model_name, evaluated.split

),

metrics as (

    {% for metric in ['mse', 'rmse', 'mae', 'r2', 'poisson_deviance'] %}
    select
        target_name,
        model_name,
        is_baseline,
        split,
        '{{ metric }}' as metric_name,
        {% if metric == 'rmse' %}sqrt(mse){% elif metric == 'r2' %}1 - mse / variance
        {%- else %}{{ metric }}{% endif %} as metric_value,
        row_count
    from amount_metrics

    union all

    {% endfor %}
    {% for metric in ['log_loss', 'brier', 'accuracy'] %}
    select
        target_name,
        model_name,
        is_baseline,
        split,
        '{{ metric }}' as metric_name,
        {{ metric }} as metric_value,
        row_count
    from probability_metrics

    union all

    {% endfor %}
    select
        target_name,
        model_name,
        is_baseline,
        split,
        'auc' as metric_name,
        auc as metric_value,
        row_count
    from auc

    union all

    select
        target_name,
        model_name,
        model_name in ('constant', 'same_as_before') as is_baseline,
        split,
        'coverage_80' as metric_name,
        coverage_80 as metric_value,
        row_count
    from coverage

)

select
    target_name,
    model_name,
    split,
    metric_name,
    metric_value,
    row_count,
    is_baseline
from metrics
where metric_value is not null
