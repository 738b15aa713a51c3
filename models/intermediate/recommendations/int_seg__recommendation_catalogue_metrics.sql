{#
    One row per strategy, whether repeats are allowed, user group, catalogue-level metric and k: what all lists of the
    test date together look like.
#}

with

user_groups as (

    select 'all' as user_group
    union all
    select 'with_history' as user_group
    union all
    select 'without_history' as user_group

),

cutoffs as (

    {% for k in recommendation_cutoffs() %}
    select {{ k }} as k
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

lists as (

    select
        lists.strategy,
        lists.repeats_allowed,
        lists.as_of_date,
        lists.user_number,
        lists.product_number,
        cutoffs.k,
        user_groups.user_group
    from {{ ref('int_seg__recommendation_lists') }} as lists
    inner join cutoffs
        on lists.recommendation_rank <= cutoffs.k
    cross join user_groups
    where
        user_groups.user_group = 'all'
        or (user_groups.user_group = 'with_history') = lists.has_history

),

user_counts as (

    select
        strategy,
        repeats_allowed,
        user_group,
        k,
        count(distinct user_number) as user_count
    from lists
    group by strategy, repeats_allowed, user_group, k

),

products as (

    select
        as_of_date,
        product_number,
        category,
        target_count
    from {{ ref('int_seg__recommendable_products') }}
    where is_eligible and split = 'test'

),

catalogue as (

    select
        count(*) as product_count,
        sum(target_count) as target_count
    from products

),

product_counts as (

    select
        lists.strategy,
        lists.repeats_allowed,
        lists.user_group,
        lists.k,
        lists.product_number,
        products.target_count,
        count(*) as list_count,
        row_number() over (
            partition by lists.strategy, lists.repeats_allowed, lists.user_group, lists.k
            order by count(*) desc, lists.product_number
        ) as count_rank
    from lists
    inner join products
        on lists.product_number = products.product_number
    group by
        lists.strategy, lists.repeats_allowed, lists.user_group, lists.k, lists.product_number, products.target_count

),

over_products as (

    select
        product_counts.strategy,
        product_counts.repeats_allowed,
        product_counts.user_group,
        product_counts.k,
        {{ ratio('count(*)', 'min(catalogue.product_count)') }} as coverage,
        {{ ratio(
            exact_sum(
                'product_counts.list_count * -ln((product_counts.target_count + 1.0)'
                ~ ' / (catalogue.target_count + catalogue.product_count)) / ln(2.0)'
            ),
            'sum(product_counts.list_count)'
        ) }} as novelty,
        {{ ratio(
            'sum((catalogue.product_count + 1 - 2 * product_counts.count_rank) * product_counts.list_count)',
            'min(catalogue.product_count) * sum(product_counts.list_count)'
        ) }} as gini
    from product_counts
    cross join catalogue
    group by product_counts.strategy, product_counts.repeats_allowed, product_counts.user_group, product_counts.k

),

category_counts as (

    select
        lists.strategy,
        lists.repeats_allowed,
        lists.user_group,
        lists.k,
        lists.user_number,
        products.category,
        count(*) as product_count
    from lists
    inner join products
        on lists.product_number = products.product_number
    where products.category is not null
    group by
        lists.strategy, lists.repeats_allowed, lists.user_group, lists.k, lists.user_number, products.category

),

list_pairs as (

    select
        strategy,
        repeats_allowed,
        user_group,
        k,
        user_number,
        sum(product_count) * (sum(product_count) - 1) as pair_count,
        sum(product_count * (product_count - 1)) as same_pair_count
    from category_counts
    group by strategy, repeats_allowed, user_group, k, user_number

),

over_lists as (

    select
        strategy,
        repeats_allowed,
        user_group,
        k,
        1 - {{ ratio('sum(same_pair_count)', 'sum(pair_count)') }} as diversity
    from list_pairs
    group by strategy, repeats_allowed, user_group, k

),

unioned as (

    {% for metric_name in ['coverage', 'novelty', 'gini'] %}
    select
        strategy,
        repeats_allowed,
        user_group,
        k,
        '{{ metric_name }}' as metric_name,
        {{ metric_name }} as metric_value
    from over_products

    union all

    {% endfor %}
    select
        strategy,
        repeats_allowed,
        user_group,
        k,
        'diversity' as metric_name,
        diversity as metric_value
    from over_lists
    where diversity is not null

)

select
    unioned.strategy,
    unioned.repeats_allowed,
    unioned.user_group,
    unioned.k,
    unioned.metric_name,
    user_counts.user_count,
    unioned.metric_value
from unioned
inner join user_counts
    on
        unioned.strategy = user_counts.strategy
        and unioned.repeats_allowed = user_counts.repeats_allowed
        and unioned.user_group = user_counts.user_group
        and unioned.k = user_counts.k
