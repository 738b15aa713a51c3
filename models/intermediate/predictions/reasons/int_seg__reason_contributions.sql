{# One row per target, user at the scoring date and feature that explains the target: value and contribution. #}
with

feature_values as (

    {% for feature in prediction_features() %}
    select
        reason_fits.target_name,
        filled.horizon_days,
        filled.user_id,
        filled.as_of_date,
        reason_fits.feature_name,
        filled.{{ feature.name }} as feature_value,
        reason_fits.base_contribution + reason_fits.slope * scaled.{{ feature.name }} as contribution,
        reason_fits.method,
        reason_fits.fidelity
    from {{ ref('int_seg__prediction_features_filled') }} as filled
    inner join {{ ref('int_seg__prediction_features') }} as scaled
        on
            filled.horizon_days = scaled.horizon_days
            and filled.user_id = scaled.user_id
            and filled.as_of_date = scaled.as_of_date
    inner join {{ ref('int_seg__reason_fits') }} as reason_fits
        on
            reason_fits.feature_name = '{{ feature.name }}'
            and (reason_fits.low_value is null or reason_fits.low_value < scaled.{{ feature.name }})
            and (reason_fits.high_value is null or reason_fits.high_value >= scaled.{{ feature.name }})
    where filled.split = 'scoring'
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select feature_values.*
from feature_values
inner join {{ prediction_targets_relation() }} as targets
    on
        feature_values.target_name = targets.target_name
        and feature_values.horizon_days = targets.horizon_days
