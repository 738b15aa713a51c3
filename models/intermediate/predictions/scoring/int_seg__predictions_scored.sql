{#
    One row per target, user, past as-of date and single model: what each model says, the baselines `constant` and
    `same_as_before` among them.
#}
with

{# BG/NBD where its fit as of the date came out. #}
lifetime_dates as (

    select distinct
        horizon_days,
        as_of_date
    from {{ ref('int_seg__prediction_features_filled') }}
    where has_lifetime_expectation

),

predictions as (

    {% for target in fitted_targets() %}
    {% for model_name in simple_models(target) %}
    select
        targets.target_name,
        targets.user_id,
        targets.as_of_date,
        '{{ model_name }}' as model_name,
        {{ simple_expression(target.name, model_name) }} as prediction
    from {{ ref('int_seg__prediction_targets') }} as targets
    inner join {{ ref('int_seg__prediction_baselines') }} as baselines
        on
            targets.target_name = baselines.target_name
            and targets.fit_name = baselines.fit_name
    inner join {{ ref('int_seg__prediction_features_filled') }} as features
        on
            targets.horizon_days = features.horizon_days
            and targets.user_id = features.user_id
            and targets.as_of_date = features.as_of_date
    {% if model_name == 'bg_nbd' %}
    inner join lifetime_dates
        on
            targets.horizon_days = lifetime_dates.horizon_days
            and targets.as_of_date = lifetime_dates.as_of_date
    {% endif %}
    where targets.target_name = '{{ target.name }}'
    union all
    {% endfor %}
    {% endfor %}
    select * from {{ ref('int_seg__linear_predictions') }}
    union all
    select * from {{ ref('int_seg__tree_predictions') }}
    union all
    select * from {{ ref('int_seg__network_predictions') }}

)

select
    predictions.target_name,
    predictions.user_id,
    predictions.as_of_date,
    predictions.model_name,
    predictions.prediction,
    targets.actual,
    targets.split,
    targets.fit_name,
    targets.is_active_buyer
from predictions
inner join {{ ref('int_seg__prediction_targets') }} as targets
    on
        predictions.target_name = targets.target_name
        and predictions.user_id = targets.user_id
        and predictions.as_of_date = targets.as_of_date
