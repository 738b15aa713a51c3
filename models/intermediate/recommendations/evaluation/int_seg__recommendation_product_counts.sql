{#
    One row per strategy, whether repeats are allowed, user group, k and product shown to any of them: in how many lists.
    Only products that may be recommended.
#}
{{ config(materialized='view_in_place') }}

{% set cutoffs = recommendation_cutoffs() %}

with

cutoffs as (

    {% for k in cutoffs %}
    select {{ k }} as k
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

user_groups as (

    {{ recommendation_user_groups() }}

),

shown as (

    select
        strategy,
        repeats_allowed,
        history_group,
        product_number,
        is_repeat,
        case
            {% for k in cutoffs %}
            when recommendation_rank <= {{ k }} then {{ k }}
            {% endfor %}
        end as shortest_k
    from {{ ref('int_seg__recommendation_lists') }}

),

products as (

    select
        product_number,
        target_count
    from {{ ref('int_seg__recommendable_products') }}
    where is_eligible and split = 'test'

),

-- Counted by the shortest list that holds the place first: groups and lengths multiply these rows, not those of lists.
product_counts_by_place as (

    select
        strategy,
        repeats_allowed,
        history_group,
        product_number,
        shortest_k,
        count(*) as list_count,
        sum(case when is_repeat then 0 else 1 end) as new_count
    from shown
    group by strategy, repeats_allowed, history_group, product_number, shortest_k

)

select
    by_place.strategy,
    by_place.repeats_allowed,
    user_groups.user_group,
    cutoffs.k,
    by_place.product_number,
    products.target_count,
    cast(sum(by_place.list_count) as bigint) as list_count,
    cast(sum(by_place.new_count) as bigint) as new_count
from product_counts_by_place as by_place
inner join user_groups
    on by_place.history_group = user_groups.history_group
inner join cutoffs
    on by_place.shortest_k <= cutoffs.k
inner join products
    on by_place.product_number = products.product_number
group by
    by_place.strategy,
    by_place.repeats_allowed,
    user_groups.user_group,
    cutoffs.k,
    by_place.product_number,
    products.target_count
