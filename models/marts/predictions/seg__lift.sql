{#
    One row per target, model and decile of the unseen test window: how much of what happened came from the users whom
    the model ranked highest.
#}
with

deciles as (

    select
        target_name,
        model_name,
        decile,
        count(*) as row_count,
        {{ exact_sum('prediction') }} / count(*) as mean_prediction,
        {{ exact_sum('actual') }} as total_actual
    from {{ ref('int_seg__prediction_deciles') }}
    group by target_name, model_name, decile

),

cumulated as (

    select
        *,
        sum(row_count) over so_far as row_count_so_far,
        sum(cast(total_actual as decimal(28, 8))) over so_far as actual_so_far,
        sum(row_count) over all_deciles as row_count_in_all,
        sum(cast(total_actual as decimal(28, 8))) over all_deciles as actual_in_all
    from deciles
    window
        so_far as (
            partition by target_name, model_name
            order by decile
            rows between unbounded preceding and current row
        ),
        all_deciles as (partition by target_name, model_name)

)

select
    choices.as_of_date,
    choices.horizon_days,
    choices.window_days,
    cast(cumulated.target_name as string) as target_name,
    cast(cumulated.model_name as string) as model_name,
    cast(cumulated.decile as int) as decile,
    cast(cumulated.row_count as bigint) as row_count,
    cast(cumulated.mean_prediction as double) as mean_prediction,
    cast(cumulated.total_actual / cumulated.row_count as double) as mean_actual,
    {{ ratio('cumulated.total_actual', 'cumulated.actual_in_all') }}
    / {{ ratio('cumulated.row_count', 'cumulated.row_count_in_all') }} as lift,
    {{ ratio('cumulated.actual_so_far', 'cumulated.actual_in_all') }} as gain,
    {{ ratio('cumulated.actual_so_far', 'cumulated.actual_in_all') }}
    / {{ ratio('cumulated.row_count_so_far', 'cumulated.row_count_in_all') }} as cumulative_lift,
    cumulated.model_name = choices.model_name as is_champion
from cumulated
inner join {{ ref('seg__model_choices') }} as choices
    on cumulated.target_name = choices.target_name
