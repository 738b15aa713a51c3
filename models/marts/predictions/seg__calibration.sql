{#
    One row per probability, model and decile of the unseen test window: whether those who were given a probability
    ordered as often as it says.
#}
with

deciles as (

    select
        deciles.target_name,
        deciles.model_name,
        deciles.decile,
        count(*) as row_count,
        {{ exact_sum('deciles.prediction') }} / count(*) as mean_prediction,
        {{ exact_sum('deciles.actual') }} / count(*) as observed_share,
        {{ exact_sum('(deciles.actual - deciles.prediction) * (deciles.actual - deciles.prediction)') }} as squared_error
    from {{ ref('int_seg__prediction_deciles') }} as deciles
    inner join {{ prediction_targets_relation() }} as targets
        on deciles.target_name = targets.target_name
    where targets.kind = 'probability'
    group by deciles.target_name, deciles.model_name, deciles.decile

),

totals as (

    select
        target_name,
        model_name,
        {{ exact_sum('squared_error') }} / sum(row_count) as brier_score,
        {{ exact_sum('abs(mean_prediction - observed_share) * row_count') }} / sum(row_count)
            as expected_calibration_error
    from deciles
    group by target_name, model_name

)

select
    choices.as_of_date,
    choices.horizon_days,
    choices.window_days,
    cast(deciles.target_name as string) as target_name,
    cast(deciles.model_name as string) as model_name,
    cast(deciles.decile as int) as decile,
    cast(deciles.row_count as bigint) as row_count,
    cast(deciles.mean_prediction as double) as mean_prediction,
    cast(deciles.observed_share as double) as observed_share,
    cast(totals.brier_score as double) as brier_score,
    cast(totals.expected_calibration_error as double) as expected_calibration_error,
    deciles.model_name = choices.model_name as is_champion
from deciles
inner join totals
    on
        deciles.target_name = totals.target_name
        and deciles.model_name = totals.model_name
inner join {{ ref('seg__model_choices') }} as choices
    on deciles.target_name = choices.target_name
