{#
    One row per user and past as-of date that the fits read: scaled features, labels and split, at most
    `seg__max_training_rows`. No rows where no window is early enough to learn from.
#}
with

scoring_date as (

    select max(as_of_date) as scoring_date
    from {{ ref('int_seg__as_of_dates') }}
    where split = 'scoring'

)

select
    sampled.user_id,
    sampled.as_of_date,
    scoring_date.scoring_date,
    sampled.split,
    cast(sampled.order_count as double) as label_order_count,
    sampled.net_revenue as label_net_revenue,
    cast(sampled.will_order as double) as label_will_order,
    {% for feature in prediction_features() %}
    features.{{ feature.name }} as feature_{{ feature.name }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('int_seg__prediction_rows_sampled') }} as sampled
inner join {{ ref('int_seg__prediction_features') }} as features
    on
        sampled.user_id = features.user_id
        and sampled.as_of_date = features.as_of_date
cross join scoring_date
where exists (select 1 from {{ ref('int_seg__prediction_scaling') }})
