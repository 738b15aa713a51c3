{#
    One row per user and outcome: what the user did in the window after the earlier date, as a deviation from the mean in
    units of the mean absolute deviation. Squares of these add up exactly, however far one user is from the others.
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

means as (

    select
        outcome_name,
        {{ ratio(exact_sum('outcome'), 'count(*)') }} as overall_mean
    from outcomes
    group by outcome_name

),

units as (

    select
        means.outcome_name,
        means.overall_mean,
        {{ ratio(exact_sum('abs(outcomes.outcome - means.overall_mean)'), 'count(*)') }} as outcome_unit
    from outcomes
    inner join means
        on outcomes.outcome_name = means.outcome_name
    group by means.outcome_name, means.overall_mean

)

select
    outcomes.user_id,
    outcomes.outcome_name,
    outcomes.outcome,
    units.overall_mean,
    units.outcome_unit,
    coalesce((outcomes.outcome - units.overall_mean) / nullif(units.outcome_unit, 0), 0) as deviation
from outcomes
inner join units
    on outcomes.outcome_name = units.outcome_name
