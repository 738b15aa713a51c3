{#
    One row per target, user, past as-of date and model: what every model, the stack included, says, and what happened.
    A target that is the complement of another has 1 minus its predictions, for the users of its own population; the constant is
    the mean of these.
#}
{{ config(materialized='view_in_place') }}

with

predictions as (

    {% for model_name in ['int_seg__predictions_scored', 'int_seg__stacked_predictions'] %}
    select
        target_name,
        user_id,
        as_of_date,
        split,
        model_name,
        actual,
        prediction,
        is_active_buyer
    from {{ ref(model_name) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    target_name,
    user_id,
    as_of_date,
    split,
    model_name,
    actual,
    prediction,
    model_name in ('constant', 'same_as_before') as is_baseline
from predictions
{% for target in prediction_targets() if target.complement_of %}
union all
select
    '{{ target.name }}' as target_name,
    predictions.user_id,
    predictions.as_of_date,
    predictions.split,
    predictions.model_name,
    1 - predictions.actual as actual,
    1 - case when predictions.model_name = 'constant' then baselines.mean_if_active else predictions.prediction end as prediction,
    predictions.model_name in ('constant', 'same_as_before') as is_baseline
from predictions
inner join {{ ref('int_seg__prediction_baselines') }} as baselines
    on
        predictions.target_name = baselines.target_name
        and baselines.fit_name = case predictions.split when 'test' then 'report' else 'choose' end
where predictions.target_name = '{{ target.complement_of }}' and predictions.is_active_buyer
{% endfor %}
