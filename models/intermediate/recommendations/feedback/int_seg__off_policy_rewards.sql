{#
    One row per half of the users, place, kind of action (product or strategy) and action: the reward that the other half of
    the users lets expect, the mean of the place counting as much as 100 impressions. The row without an action is that
    mean, for what the other half was not shown there.
#}
{% set prior = 100 %}

with

folds as (

    select 0 as fold
    union all
    select 1 as fold

),

rounds as (

    select
        1 - fold as fold,
        place,
        product_id,
        strategy,
        reward
    from {{ ref('int_seg__off_policy_rounds') }}

),

overall as (

    select
        fold,
        {{ ratio('sum(reward)', 'count(*)') }} as mean_reward
    from rounds
    group by fold

),

counted_places as (

    select
        fold,
        place,
        count(*) as impression_count,
        sum(reward) as reward_count
    from rounds
    group by fold, place

),

places as (

    select
        folds.fold,
        places.place,
        {{ ratio(
            'coalesce(counted_places.reward_count, 0) + ' ~ prior ~ ' * coalesce(overall.mean_reward, 0)',
            'coalesce(counted_places.impression_count, 0) + ' ~ prior
        ) }} as place_reward
    from folds
    cross join (select distinct place from {{ ref('int_seg__off_policy_rounds') }}) as places
    left join overall
        on folds.fold = overall.fold
    left join counted_places
        on
            folds.fold = counted_places.fold
            and places.place = counted_places.place

),

counted as (

    {% for kind, action in {'product': 'product_id', 'strategy': 'strategy'}.items() %}
    select
        fold,
        place,
        '{{ kind }}' as action_kind,
        {{ action }} as action,
        count(*) as impression_count,
        sum(reward) as reward_count
    from rounds
    group by fold, place, {{ action }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    counted.fold,
    counted.place,
    cast(counted.action_kind as string) as action_kind,
    cast(counted.action as string) as action,
    {{ ratio(
        'counted.reward_count + ' ~ prior ~ ' * places.place_reward', 'counted.impression_count + ' ~ prior
    ) }} as expected_reward,
    places.place_reward
from counted
inner join places
    on
        counted.fold = places.fold
        and counted.place = places.place

union all

select
    fold,
    place,
    cast('place' as string) as action_kind,
    cast(null as string) as action,
    place_reward as expected_reward,
    place_reward
from places
