{#
    One row per strategy, whether repeats are allowed, user group, metric and k: how good the lists made at the test
    date were at naming what users bought in the period after it.
#}

with

means as (

    {% for metric_name in recommendation_user_metrics() %}
    select
        strategy,
        repeats_allowed,
        user_group,
        k,
        '{{ metric_name }}' as metric_name,
        max(user_count) as user_count,
        max(case when replicate_number = 0 then {{ metric_name }} end) as metric_value,
        {{ replicate_quantile(metric_name, 0.025) }} as interval_low,
        {{ replicate_quantile(metric_name, 0.975) }} as interval_high
    from {{ ref('int_seg__recommendation_replicates') }}
    group by strategy, repeats_allowed, user_group, k
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

unioned as (

    select
        strategy,
        repeats_allowed,
        user_group,
        k,
        metric_name,
        user_count,
        metric_value,
        case when user_count > 1 then interval_low end as interval_low,
        case when user_count > 1 then interval_high end as interval_high
    from means

    union all

    select
        strategy,
        repeats_allowed,
        user_group,
        k,
        metric_name,
        user_count,
        metric_value,
        cast(null as double) as interval_low,
        cast(null as double) as interval_high
    from {{ ref('int_seg__recommendation_catalogue_metrics') }}

),

-- The best of the baselines that the blend is behind of by more than chance serves in its place.
winners as (

    select
        repeats_allowed,
        compared_strategy
    from (
        select
            repeats_allowed,
            compared_strategy,
            row_number() over (
                partition by repeats_allowed
                order by
                    round(compared_value, 6) desc,
                    case compared_strategy
                        {% for baseline in recommendation_baselines() %}
                        when '{{ baseline }}' then {{ loop.index }}
                        {% endfor %}
                    end
            ) as strategy_rank
        from {{ ref('seg__recommendation_comparisons') }}
        where user_group = 'all' and is_baseline and verdict = 'behind'
    ) as compared
    where strategy_rank = 1

),

as_of_dates as (

    select
        max(case when split = 'scoring' then as_of_date end) as as_of_date,
        max(case when split = 'test' then as_of_date end) as test_date
    from {{ ref('int_seg__as_of_dates') }}

)

select
    as_of_dates.as_of_date,
    as_of_dates.test_date,
    cast(unioned.strategy as string) as strategy,
    cast(unioned.user_group as string) as user_group,
    'test' as split,
    cast(unioned.metric_name as string) as metric_name,
    cast(unioned.k as int) as k,
    cast(round(unioned.metric_value, 8) as double) as metric_value,
    cast(round(unioned.interval_low, 8) as double) as interval_low,
    cast(round(unioned.interval_high, 8) as double) as interval_high,
    cast(unioned.user_count as bigint) as user_count,
    unioned.repeats_allowed,
    unioned.strategy in ({{ "'" ~ recommendation_baselines() | join("', '") ~ "'" }}) as is_baseline,
    unioned.strategy = coalesce(winners.compared_strategy, 'personal') as is_champion
from unioned
cross join as_of_dates
left join winners
    on unioned.repeats_allowed = winners.repeats_allowed
