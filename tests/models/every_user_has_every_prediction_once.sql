{# A complement that only some users have, such as churn, is asked of buyers who have not lapsed. #}
with

expected as (

    {% for target in prediction_targets() %}
    select
        user_id,
        as_of_date,
        '{{ target.name }}' as target_name
    from {{ upstream('int_seg__prediction_features_filled') }}
    where
        split = 'scoring' and horizon_days = {{ target.horizon_days }}
        {% if target.complement_of %}
        and order_count > 0 and days_since_last_order < {{ var('seg__lifecycle_lapsed_days') }}
        {% endif %}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

counted as (

    select
        user_id,
        as_of_date,
        target_name,
        count(*) as row_count
    from {{ ref('seg__user_predictions') }}
    group by user_id, as_of_date, target_name

)

select
    coalesce(expected.user_id, counted.user_id) as user_id,
    coalesce(expected.target_name, counted.target_name) as target_name,
    counted.row_count
from expected
full outer join counted
    on
        expected.user_id = counted.user_id
        and expected.as_of_date = counted.as_of_date
        and expected.target_name = counted.target_name
where
    expected.user_id is null
    or counted.row_count is distinct from 1
