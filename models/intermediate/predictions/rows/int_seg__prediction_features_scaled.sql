{#
    One row per horizon, user and as-of date: the listed features winsorized, transformed and standardized by
    `int_seg__prediction_scaling`. A feature that was constant there is 0 everywhere.
#}
{{ config(materialized='kept_in_realtime') }}

{% set features = prediction_features() %}

with

scaling as (

    select
        horizon_days,
        {% for feature in features %}
        max(case when feature_name = '{{ feature.name }}' then low_value end) as {{ feature.name }}_low,
        max(case when feature_name = '{{ feature.name }}' then high_value end) as {{ feature.name }}_high,
        max(case when feature_name = '{{ feature.name }}' then mean_value end) as {{ feature.name }}_mean,
        max(case when feature_name = '{{ feature.name }}' then standard_deviation end)
            as {{ feature.name }}_deviation{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_seg__prediction_scaling') }}
    group by horizon_days

)

select
    features.horizon_days,
    features.user_id,
    features.as_of_date,
    features.split,
    {% for feature in features %}
    {% set value = 'features.' ~ feature.name %}
    {% if feature.winsorize %}
    {% set value = 'greatest(scaling.' ~ feature.name ~ '_low, least(scaling.' ~ feature.name ~ '_high, ' ~ value ~ '))' %}
    {% endif %}
    coalesce(
        ({{ prediction_transformed(value, feature.transform) }} - scaling.{{ feature.name }}_mean)
        / nullif(scaling.{{ feature.name }}_deviation, 0),
        0
    ) as {{ feature.name }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ of_run('int_seg__prediction_features_filled') }} as features
inner join scaling
    on features.horizon_days = scaling.horizon_days
