{#
    One row per target, user and past as-of date in the target's population: the known outcome, what it was in the window
    before, and the fit that predicts the row without having seen it. The train windows are what their own fit has seen.
#}
{% for target in fitted_targets() %}
select
    '{{ target.name }}' as target_name,
    sampled.horizon_days,
    sampled.user_id,
    sampled.as_of_date,
    sampled.split,
    case sampled.split when 'test' then 'report' else 'choose' end as fit_name,
    cast(sampled.{{ target.name }} as double) as actual,
    cast({{ previous_expression(target.name) }} as double) as previous,
    features.order_count > 0 as is_buyer,
    sampled.will_churn is not null as is_active_buyer
from {{ ref('int_seg__prediction_rows_sampled') }} as sampled
inner join {{ ref('int_seg__prediction_features_filled') }} as features
    on
        sampled.horizon_days = features.horizon_days
        and sampled.user_id = features.user_id
        and sampled.as_of_date = features.as_of_date
where sampled.horizon_days = {{ target.horizon_days }} and sampled.{{ target.name }} is not null
{{ 'union all' if not loop.last }}
{% endfor %}
