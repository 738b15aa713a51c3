{#
    One row per date, product and one of its nearest neighbours by what the products are: the cosine of their terms
    or, where both have an embedding, the mean of that and the cosine of those. Only products that may be recommended
    are neighbours, sold before or not.
#}

{% set splits = ['scoring', 'test', 'validation'] %}

with

-- Products listed for one date are listed for all, under the same number.
products as (

    select
        recommendable.product_number,
        recommendable.product_id,
        cast(products.list_price as double) as list_price
    from {{ ref('int_seg__recommendable_products') }} as recommendable
    inner join {{ ref('seg__products') }} as products
        on recommendable.product_id = products.product_id
    where recommendable.split = 'scoring'

),

pairs as (

    select
        pairs.*,
        products.product_id,
        similar_products.product_id as similar_product_id,
        coalesce({{ ratio(
            'least(products.list_price, similar_products.list_price)',
            'greatest(products.list_price, similar_products.list_price)'
        ) }}, 0) as price_closeness
    from {{ ref('int_seg__product_pairs_by_content') }} as pairs
    inner join products
        on pairs.product_number = products.product_number
    inner join products as similar_products
        on pairs.similar_product_number = similar_products.product_number

),

-- One array per product: 900,000 pairs of 512 numbers, number beside number, were 460 million rows.
embeddings as (

    select
        product_id,
        {{ vector_of('value', 'dimension') }} as vector
    from {{ ref('int_seg__product_embeddings') }}
    group by product_id

),

scored as (

    select
        pairs.product_number,
        pairs.similar_product_number,
        pairs.price_closeness,
        -- Embeddings have length 1.
        round(least(greatest(coalesce(
            (pairs.cosine + {{ dot_product('embeddings.vector', 'similar_embeddings.vector') }}) / 2, pairs.cosine
        ), 0), 1), 6) as similarity,
        {% for split in splits %}
        pairs.is_neighbour_{{ split }}{{ ',' if not loop.last }}
        {% endfor %}
    from pairs
    left join embeddings
        on pairs.product_id = embeddings.product_id
    left join embeddings as similar_embeddings
        on pairs.similar_product_id = similar_embeddings.product_id

),

ranked as (

    select
        neighbours.as_of_date,
        scored.product_number,
        scored.similar_product_number,
        scored.similarity,
        row_number() over (
            partition by neighbours.as_of_date, scored.product_number
            order by
                scored.similarity desc, scored.price_closeness desc,
                neighbours.popularity_rank asc, scored.similar_product_number asc
        ) as similarity_rank
    from scored
    inner join {{ ref('int_seg__recommendable_products') }} as neighbours
        on scored.similar_product_number = neighbours.product_number
    where
        scored.similarity > 0
        and case neighbours.split
            {% for split in splits %}
            when '{{ split }}' then scored.is_neighbour_{{ split }}
            {% endfor %}
        end = 1

)

select * from ranked
where similarity_rank <= {{ var('seg__similar_content_count') }}
