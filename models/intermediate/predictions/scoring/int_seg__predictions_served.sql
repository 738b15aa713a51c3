{#
    One row per target and user at the scoring date: what the chosen model says of the coming window, and by how much
    that grows to the horizon: as the lifetime models say of the user; where they say nothing, as is usual of buyers. What
    says the same of all grows alike for all: by their own growth those would lead who are expected to do little in the
    window. The models are written into this query from their parameter tables when it runs.
#}
{{ config(materialized='by_user', meta={'users': 'int_seg__users_to_predict'}) }}

-- depends_on: {{ ref('seg__model_choices') }}
-- depends_on: {{ ref('int_seg__stack_fits') }}
-- depends_on: {{ ref('int_seg__linear_fits') }}
-- depends_on: {{ ref('int_seg__tree_fits') }}
-- depends_on: {{ ref('int_seg__network_fits') }}
{% set served = served_models('serve') %}

{% for target in fitted_targets() %}
select
    user_id,
    as_of_date,
    target_name,
    horizon_days,
    window_days,
    scale_to_horizon,
    is_active_buyer,
    {{ served_calibrated(served, target, 'uncalibrated') }} as prediction
from (
    select
        features.user_id,
        features.as_of_date,
        '{{ target.name }}' as target_name,
        features.horizon_days,
        features.window_days,
        {% set is_discounted = target.name == 'lifetime_value_12m' %}
        {% set scale = 'probability_scale' if target.kind == 'probability' else 'discounted_horizon_scale' if is_discounted else 'horizon_scale' %}
        {% if target.kind == 'days' %}
        {# Waiting times do not grow in proportion: `waiting_days_in_horizon`. #}
        cast(null as double)
        {%- elif served.get(target.name, []) | map(attribute='model_name') | list == ['constant'] %}
        coalesce(growth.{{ scale }}, {{ growth_in_proportion('features.horizon_days', 'features.window_days', is_discounted) }})
        {%- else %}
        case when features.has_lifetime_expectation then features.{{ scale }} else coalesce(growth.{{ scale }}, features.{{ scale }}) end
        {%- endif %} as scale_to_horizon,
        features.order_count > 0
        and features.days_since_last_order < {{ var('seg__lifecycle_lapsed_days') }} as is_active_buyer,
        cast({{ served_expression(served, target) }} as double) as uncalibrated
    from {{ of_run('int_seg__prediction_features_filled') }} as features
    inner join {{ ref('int_seg__prediction_baselines') }} as baselines
        on
            baselines.target_name = '{{ target.name }}'
            and baselines.fit_name = 'serve'
    left join {{ of_run('int_seg__prediction_features') }} as scaled
        on
            features.horizon_days = scaled.horizon_days
            and features.user_id = scaled.user_id
            and features.as_of_date = scaled.as_of_date
    left join {{ ref('int_seg__horizon_growth') }} as growth
        on features.horizon_days = growth.horizon_days
    where features.split = 'scoring' and features.horizon_days = {{ target.horizon_days }}
) as {{ target.name }}
{{ 'union all' if not loop.last }}
{% endfor %}
