{#
    One row per experiment, compared user and metric where the user has anything: the metric in the window after the
    exposure (outcome) and in the days before it (covariate). Users without a row have 0 of both. Orders and touches are
    read once, within those days alone.
#}

{% set quantile = var('seg__experiment_winsor_quantile') %}

with

users as (

    select
        experiment_id,
        user_id,
        exposed_at,
        looked_back_to_at,
        window_until_at
    from {{ ref('int_seg__experiment_users') }}
    where is_compared

),

{# An order counts when its first sold line was placed; a return when it came back. #}
orders as (

    select
        users.experiment_id,
        users.user_id,
        lines.order_id,
        min(case when lines.quantity > 0 and not lines.is_cancelled then lines.ordered_at end) as placed_at,
        min(users.exposed_at) as exposed_at,
        {{ exact_sum('case when lines.ordered_at >= users.exposed_at then lines.net_revenue else 0 end') }} as revenue,
        {{ exact_sum('case when lines.ordered_at < users.exposed_at then lines.net_revenue else 0 end') }} as revenue_before
    from users
    inner join {{ ref('seg__order_lines') }} as lines
        on
            users.user_id = lines.user_id
            and users.looked_back_to_at <= lines.ordered_at
            and users.window_until_at > lines.ordered_at
    group by users.experiment_id, users.user_id, lines.order_id

),

buyers as (

    select
        experiment_id,
        user_id,
        cast(count(case when placed_at >= exposed_at then 1 end) as double) as orders,
        cast(count(case when placed_at < exposed_at then 1 end) as double) as orders_before,
        {{ exact_sum('revenue') }} as revenue,
        {{ exact_sum('revenue_before') }} as revenue_before
    from orders
    group by experiment_id, user_id

),

caps as (

    select
        experiment_id,
        percentile_cont({{ quantile }}) within group (order by case when revenue > 0 then revenue end) as cap,
        percentile_cont({{ quantile }}) within group (order by case when revenue_before > 0 then revenue_before end)
            as cap_before
    from buyers
    group by experiment_id

),

touched as (

    select
        users.experiment_id,
        users.user_id,
        'touch_' || touches.touch_type as metric,
        max(case
            when touches.touched_at >= users.exposed_at and touches.experiment_id = users.experiment_id then 1.0 else 0.0
        end) as outcome,
        max(case when touches.touched_at < users.exposed_at then 1.0 else 0.0 end) as covariate
    from users
    inner join {{ ref('int_seg__campaign_touches_kept') }} as touches
        on
            users.user_id = touches.user_id
            and users.looked_back_to_at <= touches.touched_at
            and users.window_until_at > touches.touched_at
    {# An impression is what is done to users, not what they do. #}
    where touches.touch_type <> 'impression'
    group by users.experiment_id, users.user_id, touches.touch_type

),

{# What fewer users did than make a group is no metric. #}
touch_metrics as (

    select
        experiment_id,
        metric
    from touched
    group by experiment_id, metric
    having sum(outcome) >= {{ var('seg__minimum_group_size') }}

),

outcomes as (

    select
        experiment_id,
        user_id,
        'conversion' as metric,
        case when orders > 0 then 1.0 else 0.0 end as outcome,
        case when orders_before > 0 then 1.0 else 0.0 end as covariate
    from buyers

    union all

    select
        experiment_id,
        user_id,
        'orders' as metric,
        orders as outcome,
        orders_before as covariate
    from buyers

    union all

    select
        experiment_id,
        user_id,
        'revenue' as metric,
        revenue as outcome,
        revenue_before as covariate
    from buyers

    union all

    select
        buyers.experiment_id,
        buyers.user_id,
        'revenue_winsorized' as metric,
        least(buyers.revenue, coalesce(caps.cap, buyers.revenue)) as outcome,
        least(buyers.revenue_before, coalesce(caps.cap_before, buyers.revenue_before)) as covariate
    from buyers
    inner join caps
        on buyers.experiment_id = caps.experiment_id

    union all

    select
        touched.experiment_id,
        touched.user_id,
        touched.metric,
        touched.outcome,
        touched.covariate
    from touched
    inner join touch_metrics
        on
            touched.experiment_id = touch_metrics.experiment_id
            and touched.metric = touch_metrics.metric

)

select
    experiment_id,
    user_id,
    cast(metric as string) as metric,
    cast(outcome as double) as outcome,
    cast(covariate as double) as covariate
from outcomes
where outcome <> 0 or covariate <> 0
