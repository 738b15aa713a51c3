{#
    One row per target and check: whether enough is known to fit a model and to judge it. Where a check is not met a
    baseline serves, and `seg__model_choices` says why.
#}
{% set checks = [
    ('buyers', 'seg__minimum_buyers', 'users who have ordered'),
    ('history_days', 'seg__minimum_history_days', 'days of history'),
    ('recent_orders', 'seg__minimum_recent_orders', 'orders in the last window'),
    ('repeat_buyers', 'seg__minimum_repeat_buyers', 'users who have ordered more than once'),
    ('training_positives', 'seg__minimum_positives', 'users with an order in the training windows'),
    ('test_positives', 'seg__minimum_positives', 'users with an order in the test window'),
] %}

with

targets as (

    select
        targets.target_name,
        windows.horizon_days,
        windows.window_days,
        windows.as_of_date
    from {{ prediction_targets_relation() }} as targets
    inner join {{ ref('int_seg__outcome_windows') }} as windows
        on
            targets.horizon_days = windows.horizon_days
            and windows.split = 'scoring'

),

buyers as (

    select
        windows.horizon_days,
        sum(case when user_features.order_count > 0 then 1 else 0 end) as buyers,
        sum(case when user_features.order_count > 1 then 1 else 0 end) as repeat_buyers,
        max(user_features.days_since_first_seen) as history_days
    from {{ ref('seg__user_features') }} as user_features
    inner join {{ ref('int_seg__outcome_windows') }} as windows
        on
            user_features.as_of_date = windows.as_of_date
            and windows.split = 'scoring'
    group by windows.horizon_days

),

outcomes as (

    select
        horizon_days,
        sum(case when split = 'test' then order_count else 0 end) as recent_orders,
        sum(case when split = 'test' then will_order else 0 end) as test_positives,
        sum(case when split <> 'test' then will_order else 0 end) as training_positives
    from {{ ref('int_seg__prediction_labels') }}
    group by horizon_days

),

checked as (

    {% for check_name, minimum, words in checks %}
    select
        targets.as_of_date,
        targets.horizon_days,
        targets.target_name,
        '{{ check_name }}' as check_name,
        '{{ words }}' as words,
        cast(coalesce({{ check_name }}, 0) as bigint) as check_value,
        cast({{ var(minimum) }} as bigint) as minimum_value
    from targets
    left join buyers
        on targets.horizon_days = buyers.horizon_days
    left join outcomes
        on targets.horizon_days = outcomes.horizon_days
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    as_of_date,
    horizon_days,
    cast(target_name as string) as target_name,
    cast(check_name as string) as check_name,
    cast(
        cast(check_value as string) || ' ' || words || ', ' || cast(minimum_value as string) || ' are needed' as string
    ) as reason,
    check_value,
    minimum_value,
    check_value >= minimum_value as is_met
from checked
