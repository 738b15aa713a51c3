{#
    One row per target, model, split and metric. Amounts and days: mse, rmse, mae, r2, poisson_deviance. Probabilities:
    auc, log_loss, brier, accuracy. All: coverage_80. A metric that does not exist (r2 of equal outcomes, auc of one class)
    has no row.
#}
with

metrics as (

    select * from {{ ref('int_seg__amount_metrics') }}

    union all

    select * from {{ ref('int_seg__probability_metrics') }}

    union all

    select * from {{ ref('int_seg__interval_coverages') }}

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
