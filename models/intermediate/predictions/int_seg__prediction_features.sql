{#
    One row per user and as-of date: the listed features winsorized, transformed and standardized by
    `int_seg__prediction_scaling`. A feature that was constant there is 0 everywhere.
#}
{% set features = prediction_features() %}

with

scaling as (

    select
        {% for feature in features %}
        max(case when feature_name = '{{ feature.name }}' then low_value end) as {{ feature.name }}_low,
        max(case when feature_name = '{{ feature.name }}' then high_value end) as {{ feature.name }}_high,
        max(case when feature_name = '{{ feature.name }}' then mean_value end) as {{ feature.name }}_mean,
        max(case when feature_name = '{{ feature.name }}' then standard_deviation end)
            as {{ feature.name }}_deviation{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_seg__prediction_scaling') }}

)

select
    features.user_id,
    features.as_of_date,
    features.split,
    features.horizon_days,
    features.previous_order_count,
    features.previous_net_revenue,
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
from {{ ref('int_seg__prediction_features_filled') }} as features
cross join scaling
