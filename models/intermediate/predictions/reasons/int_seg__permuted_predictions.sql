{#
    One row per target, permuted feature and user of the test window in the target's population: what the chosen model,
    fitted without the test window, says then. `none`: of the row as it is.
#}
-- depends_on: {{ ref('seg__model_choices') }}
-- depends_on: {{ ref('int_seg__stack_fits') }}
-- depends_on: {{ ref('int_seg__linear_fits') }}
-- depends_on: {{ ref('int_seg__tree_fits') }}
-- depends_on: {{ ref('int_seg__network_fits') }}
{% set served = served_models('report') %}

{% for target in fitted_targets() %}
select
    target_name,
    permuted_feature_name,
    user_id,
    as_of_date,
    actual,
    {{ served_calibrated(served, target, 'uncalibrated') }} as prediction
from (
    select
        targets.target_name,
        features.permuted_feature_name,
        features.user_id,
        features.as_of_date,
        targets.actual,
        cast({{ served_expression(served, target) }} as double) as uncalibrated
    from {{ ref('int_seg__permuted_features') }} as features
    inner join {{ ref('int_seg__permuted_features_scaled') }} as scaled
        on
            features.permuted_feature_name = scaled.permuted_feature_name
            and features.horizon_days = scaled.horizon_days
            and features.user_id = scaled.user_id
            and features.as_of_date = scaled.as_of_date
    inner join {{ ref('int_seg__prediction_targets') }} as targets
        on
            features.horizon_days = targets.horizon_days
            and features.user_id = targets.user_id
            and features.as_of_date = targets.as_of_date
    inner join {{ ref('int_seg__prediction_baselines') }} as baselines
        on
            targets.target_name = baselines.target_name
            and baselines.fit_name = 'report'
    where targets.target_name = '{{ target.name }}'
) as {{ target.name }}
{{ 'union all' if not loop.last }}
{% endfor %}
