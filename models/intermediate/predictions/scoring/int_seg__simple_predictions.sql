{#
    One row per target, user, past as-of date and simple model: what the baselines `constant` and `same_as_before` say, and
    BG/NBD where its fit as of the date came out.
#}
with

lifetime_dates as (

    select distinct
        horizon_days,
        as_of_date
    from {{ ref('int_seg__prediction_features_filled') }}
    where has_lifetime_expectation

)

{% for target in fitted_targets() %}
{% set models = simple_models(target) %}
select
    targets.target_name,
    targets.user_id,
    targets.as_of_date,
    targets.split,
    targets.fit_name,
    targets.is_active_buyer,
    targets.actual,
    models.model_name,
    case models.model_name
        {% for model_name in models %}
        when '{{ model_name }}' then {{ simple_expression(target.name, model_name) }}
        {% endfor %}
    end as prediction
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
left join lifetime_dates
    on
        targets.horizon_days = lifetime_dates.horizon_days
        and targets.as_of_date = lifetime_dates.as_of_date
cross join {{ names_as_rows(models, 'model_name') }} as models
where
    targets.target_name = '{{ target.name }}'
    and (models.model_name <> 'bg_nbd' or lifetime_dates.as_of_date is not null)
{{ 'union all' if not loop.last }}
{% endfor %}
