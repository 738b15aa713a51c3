{# One row per user and target: what the chosen model expects of the user in the coming horizon. #}
with

served as (

    select
        scored.user_id,
        scored.as_of_date,
        choices.horizon_days,
        scored.target_name,
        scored.model_name,
        scored.prediction
    from {{ ref('int_seg__predictions_scored') }} as scored
    inner join {{ ref('seg__model_choices') }} as choices
        on
            scored.as_of_date = choices.as_of_date
            and scored.target_name = choices.target_name
            and scored.model_name = choices.model_name
    where scored.split = 'scoring'

),

intervals as (

    select
        user_id,
        target_name,
        model_name,
        prediction_low,
        prediction_high
    from {{ ref('int_seg__predictions_with_intervals') }}
    where split = 'scoring'

)

select
    cast(served.user_id as string) as user_id,
    served.as_of_date,
    served.horizon_days,
    cast(served.target_name as string) as target_name,
    cast(served.model_name as string) as model_name,
    cast(served.prediction as double) as prediction,
    cast(intervals.prediction_low as double) as prediction_low,
    cast(intervals.prediction_high as double) as prediction_high,
    {# The share of users with a lower or equal prediction; equal predictions share it. #}
    cast(cume_dist() over (
        partition by served.target_name
        order by round(served.prediction, 9)
    ) as double) as percentile
from served
left join intervals
    on
        served.user_id = intervals.user_id
        and served.target_name = intervals.target_name
        and served.model_name = intervals.model_name
