{#
    One row per target, user at the scoring date and feature that explains the target: value, whether it is known, and
    contribution. A view: of 100 million events they are 145 million rows, which `seg__prediction_reasons` makes some users
    at a time.
#}
{{ config(materialized='view_in_place') }}

with

users as (

    select
        filled.horizon_days,
        filled.user_id,
        filled.as_of_date,
        {% for feature in prediction_features() %}
        filled.{{ feature.name }},
        scaled.{{ feature.name }} as scaled_{{ feature.name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_seg__prediction_features_filled') }} as filled
    inner join {{ ref('int_seg__prediction_features') }} as scaled
        on
            filled.horizon_days = scaled.horizon_days
            and filled.user_id = scaled.user_id
            and filled.as_of_date = scaled.as_of_date
    where
        filled.split = 'scoring'
        and {{ is_users_turn('filled.user_id') }}
        -- Said of both, or every turn reads all of the other.
        and {{ is_users_turn('scaled.user_id') }}

),

fits as (

    select
        reason_fits.*,
        targets.horizon_days
    from {{ ref('int_seg__reason_fits') }} as reason_fits
    inner join {{ prediction_targets_relation() }} as targets
        on reason_fits.target_name = targets.target_name

)

{% for feature in prediction_features() %}
select
    fits.target_name,
    users.horizon_days,
    users.user_id,
    users.as_of_date,
    fits.feature_name,
    users.{{ feature.name }} as feature_value,
    {{ feature.known_of or 'true' }} as is_known,
    fits.base_contribution + fits.slope * users.scaled_{{ feature.name }} as contribution,
    fits.method,
    fits.fidelity
from users
inner join fits
    on
        users.horizon_days = fits.horizon_days
        and fits.feature_name = '{{ feature.name }}'
        and (fits.low_value is null or fits.low_value < users.scaled_{{ feature.name }})
        and (fits.high_value is null or fits.high_value >= users.scaled_{{ feature.name }})
{{ 'union all' if not loop.last }}
{% endfor %}
