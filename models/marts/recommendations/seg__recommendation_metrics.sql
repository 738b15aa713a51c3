{#
    One row per strategy, whether repeats are allowed, user group, metric and k: how good the lists made at the test
    date were at naming what users bought in the period after it.
#}

{% set user_metrics = {
    'ndcg': 'ndcg',
    'hit_rate': 'has_hit',
    'recall': 'recall',
    'precision': 'precision_at_k',
    'mrr': 'reciprocal_rank',
    'map': 'average_precision',
} %}

with

user_groups as (

    select 'all' as user_group
    union all
    select 'with_history' as user_group
    union all
    select 'without_history' as user_group

),

user_metrics as (

    select
        user_metrics.*,
        user_groups.user_group
    from {{ ref('int_seg__recommendation_user_metrics') }} as user_metrics
    cross join user_groups
    where
        user_groups.user_group = 'all'
        or (user_groups.user_group = 'with_history') = user_metrics.has_history

),

means as (

    {% for metric_name, column in user_metrics.items() %}
    select
        strategy,
        repeats_allowed,
        user_group,
        k,
        '{{ metric_name }}' as metric_name,
        count(*) as user_count,
        {{ ratio(exact_sum(column), 'count(*)') }} as metric_value,
        {{ ratio(exact_sum(column ~ ' * ' ~ column), 'count(*)') }} as mean_square
    from user_metrics
    group by strategy, repeats_allowed, user_group, k
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

with_intervals as (

    select
        strategy,
        repeats_allowed,
        user_group,
        k,
        metric_name,
        user_count,
        metric_value,
        case
            when user_count > 1
                then 1.96 * sqrt(
                    greatest(mean_square - metric_value * metric_value, 0) / (user_count - 1)
                )
        end as half_width
    from means

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
        greatest(metric_value - half_width, 0) as interval_low,
        case when half_width is not null then least(metric_value + half_width, 1) end as interval_high
    from with_intervals

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

{# Of too few users nothing is told, nor of all but too few. #}
told as (

    select *
    from (
        select
            *,
            max(case when user_group = 'all' then user_count end)
                over (partition by strategy, repeats_allowed, k, metric_name)
            - user_count as others_count
        from unioned
    ) as compared
    where
        user_count >= {{ var('seg__minimum_group_size') }}
        and not coalesce(others_count between 1 and {{ var('seg__minimum_group_size') }} - 1, false)

),

-- Personal serves unless a baseline is better; where they tie it does too.
champions as (

    select
        repeats_allowed,
        strategy
    from (
        select
            repeats_allowed,
            strategy,
            row_number() over (
                partition by repeats_allowed
                order by
                    round(metric_value, 6) desc,
                    case strategy when 'personal' then 0 when 'own_favourites' then 1 else 2 end
            ) as strategy_rank
        from means
        where metric_name = 'ndcg' and k = 10 and user_group = 'all' and strategy <> 'similar'
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
    cast(told.strategy as string) as strategy,
    cast(told.user_group as string) as user_group,
    'test' as split,
    cast(told.metric_name as string) as metric_name,
    cast(told.k as int) as k,
    cast(round(told.metric_value, 8) as double) as metric_value,
    cast(round(case when told.interval_high is not null then told.interval_low end, 8) as double) as interval_low,
    cast(round(told.interval_high, 8) as double) as interval_high,
    cast(told.user_count as bigint) as user_count,
    told.repeats_allowed,
    told.strategy in ('popular', 'own_favourites') as is_baseline,
    champions.strategy is not null as is_champion
from told
cross join as_of_dates
left join champions
    on
        told.repeats_allowed = champions.repeats_allowed
        and told.strategy = champions.strategy
