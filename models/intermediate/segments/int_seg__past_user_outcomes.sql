{#
    One row per user and outcome: what the user did in the window after the earlier date, as a deviation from the mean in
    units of the range. Deviations add up exactly, and no amount is too large for them.
#}

{% set outcomes = ['net_revenue', 'order_count', 'will_churn'] %}

with

labels as (

    select labels.*
    from {{ ref('int_seg__prediction_labels') }} as labels
    inner join {{ ref('int_seg__segment_outcome_dates') }} as outcome_dates
        on labels.as_of_date = outcome_dates.as_of_date
    where labels.horizon_days = {{ var('seg__horizon_days') }}

),

outcomes as (

    {% for outcome in outcomes %}
    select
        user_id,
        cast('{{ outcome if outcome != 'will_churn' else 'churn' }}' as string) as outcome_name,
        cast({{ outcome }} as double) as outcome
    from labels
    where {{ outcome }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

measured as (

    select
        outcome_name,
        {{ ratio(exact_sum('outcome'), 'count(*)') }} as overall_mean,
        max(outcome) - min(outcome) as outcome_range
    from outcomes
    group by outcome_name

)

select
    outcomes.user_id,
    outcomes.outcome_name,
    outcomes.outcome,
    measured.overall_mean,
    measured.outcome_range,
    coalesce((outcomes.outcome - measured.overall_mean) / nullif(measured.outcome_range, 0), 0) as deviation
from outcomes
inner join measured
    on outcomes.outcome_name = measured.outcome_name
