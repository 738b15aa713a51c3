{#
    One row per target, user, past as-of date and model: what every model, the stack included, says, and what happened.
    A target that is the complement of another has 1 minus its predictions, for the users of its own population.
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
    user_id,
    as_of_date,
    split,
    model_name,
    1 - actual as actual,
    1 - prediction as prediction,
    model_name in ('constant', 'same_as_before') as is_baseline
from predictions
where target_name = '{{ target.complement_of }}' and is_active_buyer
{% endfor %}
