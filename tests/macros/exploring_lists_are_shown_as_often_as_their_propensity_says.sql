{#
    20,000 users with lists of 4 and 3 products beside them, a quarter exploring: how often each product is shown in each
    place is its propensity, within four standard errors; the propensities of a place add up to 1; other users explore
    on another date; and nobody where the share is 0.
#}
with

users as (

    select
        'u' || cast(number as string) as user_id,
        cast('2026-06-01' as date) as as_of_date
    from (select unnest(range(20000)) as number) as numbers

),

drawn as (

    select
        {{ explores('user_id', 'as_of_date', 0.25) }} as is_exploring,
        {{ explores('user_id', "cast('2026-06-02' as date)", 0.25) }} as explores_next_day,
        {{ explores('user_id', 'as_of_date', 0) }} as explores_never,
        {{ exploring_place('user_id', 'as_of_date', 4) }} as place,
        {{ exploring_rank('user_id', 'as_of_date', 3) }} as pool_rank
    from users

),

cells as (

    select
        places.place,
        products.product_rank,
        count(case
            when products.product_rank = 0 and not (drawn.is_exploring and drawn.place = places.place) then 1
            when drawn.is_exploring and drawn.place = places.place and drawn.pool_rank = products.product_rank then 1
        end) / 20000.0 as share,
        max({{ exploration_propensity('products.product_rank > 0', 4, 3, 0.25) }}) as propensity
    from drawn
    cross join (select unnest(range(1, 5)) as place) as places
    cross join (select unnest(range(4)) as product_rank) as products
    group by places.place, products.product_rank

)

select
    'shown otherwise than its propensity says' as problem,
    place
from cells
where abs(share - propensity) > 4 * sqrt(propensity * (1 - propensity) / 20000)

union all

select
    'propensities do not add up to 1' as problem,
    place
from cells
group by place
having abs(sum(propensity) - 1) > 1e-9

union all

select
    'the same users explore on the next day, or somebody without a share' as problem,
    null as place
from drawn
having
    abs(avg(case when is_exploring and explores_next_day then 1.0 else 0.0 end) - 0.0625) > 0.01
    or max(case when explores_never then 1 else 0 end) = 1
