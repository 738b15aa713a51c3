{#
    One row per product that few users deal with and one of its nearest neighbours by what the products are: the cosine
    of their embeddings or, without those, category, brand and price. Compared with the popular products of its
    category only: all pairs of a large catalogue would be billions.
#}

{% set compared_count = 30 %}
{% set few_neighbours = 5 %}

with

products as (

    select
        recommendable.as_of_date,
        recommendable.product_number,
        recommendable.product_id,
        recommendable.is_eligible,
        coalesce(products.category, '') as category,
        products.brand,
        cast(products.list_price as double) as list_price,
        row_number() over (
            partition by coalesce(products.category, ''), recommendable.is_eligible
            order by recommendable.popularity_rank, recommendable.product_number
        ) as category_rank
    from {{ ref('int_seg__recommendable_products') }} as recommendable
    inner join {{ ref('seg__products') }} as products
        on recommendable.product_id = products.product_id
    where recommendable.split = 'scoring' and not products.is_service

),

neighbour_counts as (

    select
        as_of_date,
        product_number,
        count(*) as neighbour_count
    from {{ ref('int_seg__similar_products') }}
    group by as_of_date, product_number

),

pairs as (

    select
        products.as_of_date,
        products.product_number,
        products.product_id,
        others.product_number as similar_product_number,
        others.product_id as similar_product_id,
        products.category,
        case when products.brand = others.brand then 1 else 0 end as is_same_brand,
        coalesce({{ ratio(
            'least(products.list_price, others.list_price)', 'greatest(products.list_price, others.list_price)'
        ) }}, 0) as price_closeness
    from products
    inner join products as others
        on
            products.category = others.category
            and products.product_number <> others.product_number
    left join neighbour_counts
        on
            products.as_of_date = neighbour_counts.as_of_date
            and products.product_number = neighbour_counts.product_number
    where
        others.is_eligible
        and others.category_rank <= {{ compared_count }}
        and coalesce(neighbour_counts.neighbour_count, 0) < {{ few_neighbours }}

),

lengths as (

    select
        product_id,
        sqrt({{ exact_sum('value * value') }}) as length
    from {{ ref('int_seg__product_embeddings') }}
    group by product_id

),

cosines as (

    select
        pairs.product_number,
        pairs.similar_product_number,
        {{ exact_sum('embeddings.value / lengths.length * other_embeddings.value / other_lengths.length') }} as cosine
    from pairs
    inner join {{ ref('int_seg__product_embeddings') }} as embeddings
        on pairs.product_id = embeddings.product_id
    inner join {{ ref('int_seg__product_embeddings') }} as other_embeddings
        on
            pairs.similar_product_id = other_embeddings.product_id
            and embeddings.dimension = other_embeddings.dimension
    inner join lengths
        on pairs.product_id = lengths.product_id
    inner join lengths as other_lengths
        on pairs.similar_product_id = other_lengths.product_id
    where lengths.length > 0 and other_lengths.length > 0
    group by pairs.product_number, pairs.similar_product_number

),

compared as (

    select
        pairs.as_of_date,
        pairs.product_number,
        pairs.similar_product_number,
        round(case
            when cosines.cosine is not null then least(greatest(cosines.cosine, 0), 1)
            when pairs.category <> '' then 0.5 + 0.3 * pairs.is_same_brand + 0.2 * pairs.price_closeness
            else 0
        end, 6) as similarity
    from pairs
    left join cosines
        on
            pairs.product_number = cosines.product_number
            and pairs.similar_product_number = cosines.similar_product_number

),

ranked as (

    select
        *,
        row_number() over (
            partition by product_number
            order by similarity desc, similar_product_number asc
        ) as similarity_rank
    from compared
    where similarity > 0

)

select * from ranked
where similarity_rank <= {{ var('seg__similar_product_count') }}
