{#
    One row per way to damp similarities and whether it is in use: how well the neighbours it gives named what users bought
    in the validation period, measured on up to a thousand of them. Where there is no such period the default is.
#}

{% set user_count = 1000 %}
{% set source_count = 10 %}

with

variants as (

    {{ reference_rows('similarity_variants', 'variant_name', [
        'variant_name', 'popularity_damping', 'damping_users', 'is_default',
    ]) }}

),

target_counts as (

    select *
    from (
        -- Numbers of users shift when others are added, their order among these does not.
        select
            *,
            row_number() over (order by md5(cast(user_place as string)), user_place) as sample_number
        from (
            select
                *,
                row_number() over (order by user_number) as user_place
            from {{ ref('int_seg__recommendation_targets_counted') }}
            where split = 'validation' and not repeats_allowed
        ) as placed
    ) as counted
    where sample_number <= {{ user_count }}

),

sources as (

    select
        user_products.as_of_date,
        user_products.user_number,
        user_products.product_number,
        user_products.affinity
    from {{ ref('int_seg__user_product_affinities') }} as user_products
    inner join target_counts
        on
            user_products.as_of_date = target_counts.as_of_date
            and user_products.user_number = target_counts.user_number
    where user_products.affinity > 0 and user_products.affinity_rank <= {{ source_count }}

),

looked_up as (

    select distinct
        as_of_date,
        product_number
    from sources

),

cosines as (

    {{ product_cosines('looked_up') }}

),

-- The neighbours that each way would have had: all others would be found by millions and hardly be in a list.
compared as (

    select
        variants.variant_name,
        cosines.as_of_date,
        cosines.product_number,
        {{ packed(
            'cast(round(1000000 * ' ~ pair_similarity('variants.popularity_damping', 'variants.damping_users') ~ ') as bigint)',
            'cosines.similar_product_number'
        ) }} as packed
    from cosines
    cross join variants

),

neighbours as (

    select
        variant_name,
        as_of_date,
        product_number,
        {{ packed_number('packed') }} as similar_product_number,
        cast({{ packed_value('packed') }} as bigint) as similarity
    from (
        {{ largest_numbers(
            'compared', ['variant_name', 'as_of_date', 'product_number'], 'packed', var('seg__similar_product_count')
        ) }}
    ) as nearest

),

scored as (

    select
        neighbours.variant_name,
        sources.as_of_date,
        sources.user_number,
        neighbours.similar_product_number as product_number,
        sum(sources.affinity * neighbours.similarity) as score
    from sources
    inner join neighbours
        on
            sources.as_of_date = neighbours.as_of_date
            and sources.product_number = neighbours.product_number
    group by neighbours.variant_name, sources.as_of_date, sources.user_number, neighbours.similar_product_number

),

ranked as (

    select
        scored.variant_name,
        scored.as_of_date,
        scored.user_number,
        scored.product_number,
        row_number() over (
            partition by scored.variant_name, scored.user_number
            order by scored.score desc, scored.product_number asc
        ) as recommendation_rank
    from scored
    left join {{ ref('int_seg__user_product_affinities') }} as user_products
        on
            scored.as_of_date = user_products.as_of_date
            and scored.user_number = user_products.user_number
            and scored.product_number = user_products.product_number
    where not coalesce(user_products.is_bought, false)

),

hits as (

    select
        ranked.variant_name,
        ranked.user_number,
        {{ exact_sum(discounted_gain('ranked.recommendation_rank')) }} as gain
    from ranked
    inner join {{ ref('int_seg__recommendation_users') }} as users
        on
            ranked.as_of_date = users.as_of_date
            and ranked.user_number = users.user_number
    inner join {{ ref('int_seg__recommendable_products') }} as products
        on
            ranked.as_of_date = products.as_of_date
            and ranked.product_number = products.product_number
    inner join {{ ref('int_seg__recommendation_targets') }} as targets
        on
            ranked.as_of_date = targets.as_of_date
            and users.user_id = targets.user_id
            and products.product_id = targets.product_id
    where ranked.recommendation_rank <= 10
    group by ranked.variant_name, ranked.user_number

),

measured as (

    select
        hits.variant_name,
        {{ exact_sum('hits.gain / ' ~ ideal_discounted_gain('target_counts.target_count', 10)) }} as ndcg_sum
    from hits
    inner join target_counts
        on hits.user_number = target_counts.user_number
    group by hits.variant_name

),

ordered as (

    select
        variants.*,
        {{ ratio('coalesce(measured.ndcg_sum, 0)', 'user_counts.user_count') }} as ndcg,
        user_counts.user_count,
        row_number() over (
            order by
                round(coalesce(measured.ndcg_sum, 0), 6) desc,
                case when variants.is_default then 0 else 1 end asc,
                variants.variant_name asc
        ) as variant_rank
    from variants
    cross join (select count(*) as user_count from target_counts) as user_counts
    left join measured
        on variants.variant_name = measured.variant_name

)

select
    variant_name,
    cast(popularity_damping as double) as popularity_damping,
    cast(damping_users as double) as damping_users,
    ndcg,
    user_count,
    variant_rank = 1 as is_chosen
from ordered
