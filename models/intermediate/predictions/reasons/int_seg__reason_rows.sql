{#
    One row per horizon and user at the scoring date that the reasons are learnt from, at most 20,000: the standardized
    features and what each target's model says. `is_held_out`: a third, on which the fidelity is measured.
#}
with

numbered as (

    select
        *,
        row_number() over (partition by horizon_days order by md5(user_id), user_id) as row_number_by_md5
    from {{ ref('int_seg__prediction_features') }}
    where split = 'scoring'

),

served as (

    select
        user_id,
        horizon_days,
        {% for target in fitted_targets() %}
        max(case when target_name = '{{ target.name }}' then prediction end) as prediction_{{ target.name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_seg__predictions_served') }}
    group by user_id, horizon_days

)

select
    numbered.horizon_days,
    numbered.user_id,
    numbered.as_of_date,
    {{ md5_bucket("'reasons' || numbered.user_id", 3) }} = 0 as is_held_out,
    {% for target in fitted_targets() %}
    served.prediction_{{ target.name }},
    {% endfor %}
    {% for feature in prediction_features() %}
    numbered.{{ feature.name }} as feature_{{ feature.name }}{{ ',' if not loop.last }}
    {% endfor %}
from numbered
inner join served
    on
        numbered.user_id = served.user_id
        and numbered.horizon_days = served.horizon_days
where numbered.row_number_by_md5 <= 20000
