{#
    One row per strategy, whether repeats are allowed, user group, catalogue-level metric and k: what all lists of the
    test date together look like.
#}

with

told as (

    select
        repeats_allowed,
        user_group,
        max(user_count) as user_count
    from {{ ref('int_seg__recommendation_user_groups') }}
    group by repeats_allowed, user_group

),

catalogue as (

    select
        count(*) as product_count,
        coalesce(sum(target_count), 0) as target_count
    from {{ ref('int_seg__recommendable_products') }}
    where is_eligible and split = 'test'

),

product_counts as (

    select
        *,
        row_number() over (
            partition by strategy, repeats_allowed, user_group, k
            order by list_count desc, product_number asc
        ) as count_rank
    from {{ ref('int_seg__recommendation_product_counts') }}

),

over_products as (

    select
        product_counts.strategy,
        product_counts.repeats_allowed,
        product_counts.user_group,
        product_counts.k,
        {{ ratio('count(*)', 'min(catalogue.product_count)') }} as coverage,
        {{ ratio('sum(product_counts.new_count)', 'sum(product_counts.list_count)') }} as share_new,
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

unioned as (

    {% for metric_name in ['coverage', 'novelty', 'gini', 'share_new'] %}
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
    from {{ ref('int_seg__recommendation_diversities') }}

)

select
    unioned.strategy,
    unioned.repeats_allowed,
    unioned.user_group,
    unioned.k,
    unioned.metric_name,
    told.user_count,
    unioned.metric_value
from unioned
inner join told
    on
        unioned.repeats_allowed = told.repeats_allowed
        and unioned.user_group = told.user_group
