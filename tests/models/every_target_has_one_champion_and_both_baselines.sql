{# On a split that is measured, both baselines are measured too; the champion is the model that serves. #}
with

measured as (

    select
        target_name,
        split,
        count(distinct case when model_name = 'constant' then model_name end) as constant_count,
        count(distinct case when model_name = 'same_as_before' then model_name end) as same_as_before_count,
        count(distinct case when not is_baseline then model_name end) as fitted_count
    from {{ ref('seg__model_metrics') }}
    group by target_name, split

),

served as (

    select distinct
        target_name,
        model_name
    from {{ ref('seg__user_predictions') }}

)

select
    target_name,
    split as detail
from measured
where fitted_count > 0 and (constant_count <> 1 or same_as_before_count <> 1)

union all

select
    choices.target_name,
    served.model_name as detail
from {{ ref('seg__model_choices') }} as choices
inner join served
    on choices.target_name = served.target_name
where served.model_name <> choices.model_name
