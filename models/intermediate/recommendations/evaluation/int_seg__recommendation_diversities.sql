{#
    One row per strategy, whether repeats are allowed, user group and k: the share of all pairs of products in one list
    that are of different categories. No row where no list holds two products of a known category.
#}

{% set cutoffs = recommendation_cutoffs() %}

with

category_counts as (

    select
        lists.strategy,
        lists.repeats_allowed,
        lists.history_group,
        lists.user_number,
        products.category,
        {% for k in cutoffs %}
        sum(case when lists.recommendation_rank <= {{ k }} then 1 else 0 end) as product_count_{{ k }}
        {{- ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_seg__recommendation_lists') }} as lists
    inner join {{ ref('int_seg__recommendable_products') }} as products
        on
            lists.as_of_date = products.as_of_date
            and lists.product_number = products.product_number
    where products.category is not null and products.is_eligible
    group by
        lists.strategy, lists.repeats_allowed, lists.history_group, lists.user_number, products.category

),

list_pairs as (

    {% for k in cutoffs %}
    select
        strategy,
        repeats_allowed,
        history_group,
        {{ k }} as k,
        sum(product_count_{{ k }}) * (sum(product_count_{{ k }}) - 1) as pair_count,
        sum(product_count_{{ k }} * (product_count_{{ k }} - 1)) as same_pair_count
    from category_counts
    group by strategy, repeats_allowed, history_group, user_number
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

summed as (

    select
        strategy,
        repeats_allowed,
        history_group,
        k,
        sum(pair_count) as pair_count,
        sum(same_pair_count) as same_pair_count
    from list_pairs
    group by strategy, repeats_allowed, history_group, k

)

select
    summed.strategy,
    summed.repeats_allowed,
    user_groups.user_group,
    summed.k,
    1 - {{ ratio('sum(summed.same_pair_count)', 'sum(summed.pair_count)') }} as diversity
from summed
inner join (
    {{ recommendation_user_groups() }}
) as user_groups
    on summed.history_group = user_groups.history_group
group by summed.strategy, summed.repeats_allowed, user_groups.user_group, summed.k
having sum(summed.pair_count) > 0
