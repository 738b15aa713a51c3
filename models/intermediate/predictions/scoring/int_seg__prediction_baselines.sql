{#
    One row per target and fit: what the baselines learn from the fit's windows (choose: train; report: train and
    validation; serve: all), and the smallest and largest value seen there, which no fitted model passes.

    Without any past window the serve row is the observed rate of repeat business: orders after the user's first
    day, per user-day since, over one window. A user counts for at least 30 days (or a horizon where that is
    shorter), so that a few busy first days are not blown up.
#}
{% set least_days = [var('seg__horizon_days'), 30] | min %}

with

targets as (

    select * from {{ prediction_targets_relation() }} as targets

),

learned as (

    select
        outcomes.target_name,
        fit_splits.fit_name,
        max(targets.kind) as kind,
        count(*) as row_count,
        {{ exact_sum('outcomes.actual') }} as total_actual,
        min(outcomes.actual) as smallest_actual,
        max(outcomes.actual) as largest_actual,
        sum(case when outcomes.previous > 0 then 1 else 0 end) as row_count_if_before,
        {{ exact_sum('case when outcomes.previous > 0 then outcomes.actual else 0 end') }} as total_if_before,
        sum(case when outcomes.is_active_buyer then 1 else 0 end) as row_count_if_active,
        {{ exact_sum('case when outcomes.is_active_buyer then outcomes.actual else 0 end') }} as total_if_active,
        sum(case when outcomes.is_buyer then 0 else 1 end) as row_count_if_new,
        {{ exact_sum('case when outcomes.is_buyer then 0 else outcomes.actual end') }} as total_if_new
    from {{ ref('int_seg__prediction_targets') }} as outcomes
    inner join targets
        on outcomes.target_name = targets.target_name
    inner join {{ fit_splits() }} as fit_splits
        on outcomes.split = fit_splits.split
    group by outcomes.target_name, fit_splits.fit_name

),

{# A share of few users is no certainty: probabilities count half a buyer and half another on top. #}
learned_means as (

    select
        target_name,
        fit_name,
        row_count,
        smallest_actual,
        largest_actual,
        case when kind = 'probability' then (total_actual + 0.5) / (row_count + 1) else total_actual / row_count end
            as mean_actual,
        case when kind = 'probability' then (total_if_before + 0.5) / (row_count_if_before + 1) end as mean_if_before,
        case
            when kind = 'probability'
                then (total_actual - total_if_before + 0.5) / (row_count - row_count_if_before + 1)
        end as mean_if_not_before,
        case when kind = 'probability' then (total_if_active + 0.5) / (row_count_if_active + 1) end as mean_if_active,
        case
            when kind = 'probability' then (total_if_new + 0.5) / (row_count_if_new + 1)
            when row_count_if_new > 0 then total_if_new / row_count_if_new
            else total_actual / row_count
        end as mean_if_new
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
        cast(coalesce(sum(repeat_business.order_count), 0) as double) as order_count,
        cast(coalesce(sum(repeat_business.net_revenue), 0) as double) as net_revenue,
        cast(sum(case when repeat_business.order_count > 0 then 1 else 0 end) as double) as buyer_count,
        cast(sum(greatest(known_users.days_known, {{ least_days }})) as double) as user_day_count
    from known_users
    left join repeat_business
        on known_users.user_id = repeat_business.user_id

),

observed_rates as (

    select
        targets.target_name,
        'serve' as fit_name,
        cast(0 as bigint) as row_count,
        case
            when targets.kind = 'probability'
                then least(1.0, observed.buyer_count * windows.window_days / observed.user_day_count)
            when targets.kind = 'days'
                then {{ waiting_days('observed.order_count / observed.user_day_count', 'windows.window_days') }}
            when targets.target_name = 'order_count'
                then observed.order_count * windows.window_days / observed.user_day_count
            else greatest(0.0, observed.net_revenue * windows.window_days / observed.user_day_count)
        end as mean_actual
    from observed
    cross join targets
    inner join {{ ref('int_seg__outcome_windows') }} as windows
        on
            targets.horizon_days = windows.horizon_days
            and windows.split = 'scoring'
    where observed.user_day_count > 0 and targets.complement_of is null

)

select
    target_name,
    fit_name,
    row_count,
    mean_actual,
    smallest_actual,
    largest_actual,
    mean_if_before,
    mean_if_not_before,
    mean_if_active,
    mean_if_new
from learned_means

union all

select
    observed_rates.target_name,
    observed_rates.fit_name,
    observed_rates.row_count,
    observed_rates.mean_actual,
    cast(null as double) as smallest_actual,
    cast(null as double) as largest_actual,
    observed_rates.mean_actual as mean_if_before,
    observed_rates.mean_actual as mean_if_not_before,
    observed_rates.mean_actual as mean_if_active,
    observed_rates.mean_actual as mean_if_new
from observed_rates
left join learned
    on
        observed_rates.target_name = learned.target_name
        and observed_rates.fit_name = learned.fit_name
where learned.target_name is null
