{{ config(materialized='ephemeral') }}
{# How good predicted probabilities are, one row per target, model, split and metric: log_loss, brier, accuracy, auc. #}
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
    where {{ is_probability_target('target_name') }}

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

)

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
{% if not loop.last %}union all
{% endif %}
{% endfor %}

union all

select
    target_name,
    model_name,
    is_baseline,
    split,
    'auc' as metric_name,
    auc as metric_value,
    row_count
from auc
