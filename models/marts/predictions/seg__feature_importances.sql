{#
    One row per target and feature: how much worse the serving model predicts the unseen test window when the feature is
    taken from another user (permutation importance, Breiman 2001).
#}
with

losses as (

    select
        predictions.target_name,
        predictions.permuted_feature_name as feature_name,
        count(*) as row_count,
        max(targets.kind) as kind,
        case max(targets.kind)
            when 'probability'
                then {{ exact_sum(
                    "-ln(greatest(0.000001, case when predictions.actual = 1 then predictions.prediction else 1 - predictions.prediction end))"
                ) }} / count(*)
            else sqrt({{ exact_sum(
                '(predictions.actual - predictions.prediction) * (predictions.actual - predictions.prediction)'
            ) }} / count(*))
        end as loss
    from {{ ref('int_seg__permuted_predictions') }} as predictions
    inner join {{ prediction_targets_relation() }} as targets
        on predictions.target_name = targets.target_name
    group by predictions.target_name, predictions.permuted_feature_name

),

compared as (

    select
        permuted.target_name,
        permuted.feature_name,
        permuted.row_count,
        permuted.kind,
        unpermuted.loss as metric_value,
        round(permuted.loss - unpermuted.loss, 9) as importance
    from losses as permuted
    inner join losses as unpermuted
        on
            permuted.target_name = unpermuted.target_name
            and unpermuted.feature_name = 'none'
    where permuted.feature_name <> 'none'

)

select
    choices.as_of_date,
    choices.horizon_days,
    cast(compared.target_name as string) as target_name,
    cast(choices.model_name as string) as model_name,
    cast(compared.feature_name as string) as feature_name,
    cast(case when compared.kind = 'probability' then 'log_loss' else 'rmse' end as string) as metric_name,
    cast(row_number() over (
        partition by compared.target_name
        order by compared.importance desc, compared.feature_name asc
    ) as int) as importance_rank,
    cast(compared.importance as double) as importance,
    cast(compared.metric_value as double) as metric_value,
    cast(compared.row_count as bigint) as row_count
from compared
inner join {{ ref('seg__model_choices') }} as choices
    on compared.target_name = choices.target_name
