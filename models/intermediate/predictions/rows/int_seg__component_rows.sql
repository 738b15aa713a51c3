{#
    One row per user and as-of date that the components are fitted to: the standardized features and whether the user
    ordered. Train rows only (validation where the history is too short for them), never rows that judge a model.
#}
with

splits as (

    select min(split) as split
    from {{ ref('int_seg__prediction_features_scaled') }}
    where split in ('train', 'validation') and horizon_days = {{ var('seg__horizon_days') }}

)

select
    sampled.user_id,
    sampled.as_of_date,
    sampled.will_order,
    {% for feature in prediction_features() %}
    scaled.{{ feature.name }} as feature_{{ feature.name }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('int_seg__prediction_rows_sampled') }} as sampled
inner join splits
    on sampled.split = splits.split
inner join {{ ref('int_seg__prediction_features_scaled') }} as scaled
    on
        sampled.horizon_days = scaled.horizon_days
        and sampled.user_id = scaled.user_id
        and sampled.as_of_date = scaled.as_of_date
where sampled.horizon_days = {{ var('seg__horizon_days') }}
