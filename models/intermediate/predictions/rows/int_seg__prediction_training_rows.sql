{#
    One row per horizon, user and past as-of date that the fits read: scaled features, outcomes and split. An outcome
    is null where the row is outside the target's population. No rows where no window is early enough to learn from.
#}
with

scoring_date as (

    select max(as_of_date) as scoring_date
    from {{ ref('int_seg__as_of_dates') }}
    where split = 'scoring'

)

select
    sampled.horizon_days,
    sampled.user_id,
    sampled.as_of_date,
    scoring_date.scoring_date,
    sampled.split,
    {% for target in fitted_targets() %}
    cast(
        case when sampled.horizon_days = {{ target.horizon_days }} then sampled.{{ target.name }} end as double
    ) as label_{{ target.name }},
    {% endfor %}
    {% for component in prediction_components() %}
    features.{{ component.name }} as component_{{ component.name }},
    {% endfor %}
    {% for feature in prediction_features() %}
    features.{{ feature.name }} as feature_{{ feature.name }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('int_seg__prediction_rows_sampled') }} as sampled
inner join {{ ref('int_seg__prediction_features') }} as features
    on
        sampled.horizon_days = features.horizon_days
        and sampled.user_id = features.user_id
        and sampled.as_of_date = features.as_of_date
cross join scoring_date
