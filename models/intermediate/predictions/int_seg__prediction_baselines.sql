{#
    One row per target and fit: what the baselines learn from the fit's windows (choose: train; report: train and
    validation; serve: all), and the largest value seen there, which no linear prediction exceeds.

    Without any past window the serve row is the observed rate of repeat business: orders after the user's first
    day, per user-day since, over one horizon. A user counts for at least 30 days (or a horizon where that is
    shorter), so that a few busy first days are not blown up.
#}
{% set horizon_days = var('seg__horizon_days') %}
{% set least_days = [horizon_days, 30] | min %}

with

fit_splits as (

    select
        'choose' as fit_name,
        'train' as split
    union all
    select
        'report' as fit_name,
        'train' as split
    union all
    select
        'report' as fit_name,
        'validation' as split
    union all
    select
        'serve' as fit_name,
        'train' as split
    union all
    select
        'serve' as fit_name,
        'validation' as split
    union all
    select
        'serve' as fit_name,
        'test' as split

),

learned as (

    select
        targets.target_name,
        fit_splits.fit_name,
        count(*) as row_count,
        {{ exact_sum('targets.actual') }} as total_actual,
        max(targets.actual) as largest_actual,
        targets.target_name in (
            {%- for target in prediction_targets() if target.is_probability -%}
            '{{ target.name }}'{{ ', ' if not loop.last }}
            {%- endfor -%}
        ) as is_probability,
        sum(case when targets.previous > 0 then 1 else 0 end) as row_count_if_before,
        {{ exact_sum('case when targets.previous > 0 then targets.actual else 0 end') }} as total_if_before
    from {{ ref('int_seg__prediction_targets') }} as targets
    inner join fit_splits
        on targets.split = fit_splits.split
    group by targets.target_name, fit_splits.fit_name

),

{# A share of few users is no certainty: probabilities count half a buyer and half another on top. #}
learned_means as (

    select
        target_name,
        fit_name,
        row_count,
        largest_actual,
        case when is_probability then (total_actual + 0.5) / (row_count + 1) else total_actual / row_count end
            as mean_actual,
        case when is_probability then (total_if_before + 0.5) / (row_count_if_before + 1) end as mean_if_before,
        case
            when is_probability
                then (total_actual - total_if_before + 0.5) / (row_count - row_count_if_before + 1)
        end as mean_if_not_before
    from learned

),

known_users as (

    select
        user_features.user_id,
        user_features.as_of_date,
        coalesce(user_features.days_since_first_seen, 0) as days_known
    from {{ ref('seg__user_features') }} as user_features
    inner join {{ ref('int_seg__as_of_dates') }} as as_of_dates
        on user_features.as_of_date = as_of_dates.as_of_date
    where as_of_dates.split = 'scoring'

),

repeat_business as (

    select
        user_days.user_id,
        sum(user_days.order_count) as order_count,
        sum(user_days.net_revenue) as net_revenue
    from {{ ref('int_seg__user_days') }} as user_days
    inner join known_users
        on user_days.user_id = known_users.user_id
    where
        user_days.activity_date < known_users.as_of_date
        and {{ dbt.datediff('user_days.activity_date', 'known_users.as_of_date', 'day') }} < known_users.days_known
    group by user_days.user_id

),

observed as (

    select
        cast(sum(repeat_business.order_count) as double) as order_count,
        cast(sum(repeat_business.net_revenue) as double) as net_revenue,
        cast(sum(case when repeat_business.order_count > 0 then 1 else 0 end) as double) as will_order,
        cast(sum(greatest(known_users.days_known, {{ least_days }})) as double) as user_day_count
    from known_users
    left join repeat_business
        on known_users.user_id = repeat_business.user_id

),

observed_rates as (

    {% for target in prediction_targets() %}
    select
        '{{ target.name }}' as target_name,
        'serve' as fit_name,
        cast(0 as bigint) as row_count,
        {% if target.is_probability %}
        least(1.0, coalesce({{ target.name }}, 0) * {{ horizon_days }} / user_day_count)
        {%- else %}
        greatest(0.0, coalesce({{ target.name }}, 0) * {{ horizon_days }} / user_day_count)
        {%- endif %} as mean_actual
    from observed
    where user_day_count > 0
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    target_name,
    fit_name,
    row_count,
    mean_actual,
    largest_actual,
    mean_if_before,
    mean_if_not_before
from learned_means

union all

select
    observed_rates.target_name,
    observed_rates.fit_name,
    observed_rates.row_count,
    observed_rates.mean_actual,
    cast(null as double) as largest_actual,
    observed_rates.mean_actual as mean_if_before,
    observed_rates.mean_actual as mean_if_not_before
from observed_rates
left join learned
    on
        observed_rates.target_name = learned.target_name
        and observed_rates.fit_name = learned.fit_name
where learned.target_name is null
