{# One row per target, model, split and metric: how well each model predicts, baselines included. #}
select
    choices.as_of_date,
    choices.horizon_days,
    choices.window_days,
    cast(metrics.target_name as string) as target_name,
    cast(metrics.model_name as string) as model_name,
    cast(metrics.split as string) as split,
    cast(metrics.metric_name as string) as metric_name,
    cast(metrics.metric_value as double) as metric_value,
    cast(metrics.row_count as bigint) as row_count,
    metrics.is_baseline,
    metrics.model_name = choices.model_name as is_champion
from {{ ref('int_seg__prediction_metrics') }} as metrics
inner join {{ ref('seg__model_choices') }} as choices
    on metrics.target_name = choices.target_name
