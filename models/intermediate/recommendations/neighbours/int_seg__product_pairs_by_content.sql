{#
    One row per product and another that is near to it in words, category and brand: the cosine of their terms and the
    dates (by split) for which the other is among the nearest that may be recommended. Compared are products that share
    a term of few products, and each with the popular ones of its category: all pairs of a large catalogue would be
    billions. Twice as many are kept as are listed, for embeddings and ties to choose from.
#}

{% set splits = ['scoring', 'test', 'validation'] %}
{% set compared_count = 2 * var('seg__similar_content_count') %}

with

-- Products listed for one date are listed for all, under the same number.
products as (

    select
        cast(recommendable.product_number as int) as product_number,
        coalesce(products.category, '') as category,
        cast(max(case
            when recommendable.as_of_date = earliest.as_of_date then recommendable.target_count
        end) as int) as earliest_target_count,
        {% for split in splits %}
        cast(max(case when recommendable.split = '{{ split }}' and recommendable.is_eligible then 1 else 0 end) as smallint)
            as is_eligible_{{ split }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_seg__recommendable_products') }} as recommendable
    inner join {{ ref('seg__products') }} as products
        on recommendable.product_id = products.product_id
    cross join (
        select min(as_of_date) as as_of_date
        from {{ ref('int_seg__recommendable_products') }}
    ) as earliest
    where products.is_listed and not products.is_service
    group by recommendable.product_number, products.category

),

terms as (

    select
        product_number,
        term,
        term_number,
        product_count,
        weight
    from {{ ref('int_seg__product_terms') }}

),

pairing_terms as (

    select
        cast(product_number as int) as product_number,
        term_number,
        cast(round(weight * 1000000) as bigint) as weight
    from terms
    where product_count <= {{ var('seg__max_products_per_term') }}

),

-- Categories and brands of too many products to pair by are compared instead.
common_terms as (

    select
        product_number,
        max(case when term like 'category:%' then term_number end) as category_number,
        max(case when term like 'category:%' then weight end) as category_weight,
        max(case when term like 'brand:%' then term_number end) as brand_number,
        max(case when term like 'brand:%' then weight end) as brand_weight
    from terms
    where product_count > {{ var('seg__max_products_per_term') }}
    group by product_number

),

popular as (

    select
        split,
        product_number,
        category,
        row_number() over (
            partition by split, category
            order by popularity_rank, product_number
        ) as category_rank
    from (
        select
            recommendable.split,
            products.product_number,
            recommendable.popularity_rank,
            products.category
        from {{ ref('int_seg__recommendable_products') }} as recommendable
        inner join products
            on recommendable.product_number = products.product_number
        where recommendable.is_eligible
    ) as eligible

),

-- Which dates a pair is found for: popularity is known up to each date only.
found as (

    select
        terms.product_number,
        others.product_number as other_product_number,
        terms.weight * others.weight as shared_weight,
        {% for split in splits %}
        cast(1 as smallint) as is_found_{{ split }}{{ ',' if not loop.last }}
        {% endfor %}
    from pairing_terms as terms
    inner join pairing_terms as others
        on
            terms.term_number = others.term_number
            and terms.product_number < others.product_number

    union all

    select
        least(products.product_number, popular.product_number) as product_number,
        greatest(products.product_number, popular.product_number) as other_product_number,
        0 as shared_weight,
        {% for split in splits %}
        cast(case when popular.split = '{{ split }}' then 1 else 0 end as smallint) as is_found_{{ split }}{{ ',' if not loop.last }}
        {% endfor %}
    from products
    inner join popular
        on
            products.category = popular.category
            and products.product_number <> popular.product_number
    where popular.category_rank <= {{ compared_count }}

),

pairs as (

    select
        product_number,
        other_product_number,
        cast(sum(shared_weight) as double) / 1000000000000 as cosine,
        {% for split in splits %}
        max(is_found_{{ split }}) as is_found_{{ split }}{{ ',' if not loop.last }}
        {% endfor %}
    from found
    group by product_number, other_product_number

),

both_ways as (

    select
        product_number,
        other_product_number as similar_product_number,
        cosine,
        {% for split in splits %}
        is_found_{{ split }}{{ ',' if not loop.last }}
        {% endfor %}
    from pairs

    union all

    select
        other_product_number as product_number,
        product_number as similar_product_number,
        cosine,
        {% for split in splits %}
        is_found_{{ split }}{{ ',' if not loop.last }}
        {% endfor %}
    from pairs

),

compared as (

    select
        both_ways.product_number,
        both_ways.similar_product_number,
        cast(round(1000000 * least(
            both_ways.cosine
            + case
                when common_terms.category_number = similar_terms.category_number
                    then common_terms.category_weight * similar_terms.category_weight
                else 0
            end
            + case
                when common_terms.brand_number = similar_terms.brand_number
                    then common_terms.brand_weight * similar_terms.brand_weight
                else 0
            end,
            1
        )) as int) as cosine_millionths,
        similar_products.earliest_target_count,
        {% for split in splits %}
        both_ways.is_found_{{ split }} * similar_products.is_eligible_{{ split }}
            as is_neighbour_{{ split }}{{ ',' if not loop.last }}
        {% endfor %}
    from both_ways
    inner join products as similar_products
        on both_ways.similar_product_number = similar_products.product_number
    left join common_terms
        on both_ways.product_number = common_terms.product_number
    left join common_terms as similar_terms
        on both_ways.similar_product_number = similar_terms.product_number
    where
        {% for split in splits %}
        both_ways.is_found_{{ split }} * similar_products.is_eligible_{{ split }} = 1{{ ' or' if not loop.last }}
        {% endfor %}

),

-- One sort serves all dates: the place of a neighbour among those of a date is their number so far. Of equals
-- the one first that sold more before the earliest date, which may be known at every date.
placed as (

    select
        *,
        {% for split in splits %}
        sum(is_neighbour_{{ split }}) over (
            partition by product_number
            order by cosine_millionths desc, earliest_target_count desc, similar_product_number asc
            rows between unbounded preceding and current row
        ) as place_{{ split }}{{ ',' if not loop.last }}
        {% endfor %}
    from compared

)

select
    cast(product_number as bigint) as product_number,
    cast(similar_product_number as bigint) as similar_product_number,
    cosine_millionths / 1000000.0 as cosine,
    {% for split in splits %}
    case when place_{{ split }} <= {{ compared_count }} then is_neighbour_{{ split }} else 0 end
        as is_neighbour_{{ split }}{{ ',' if not loop.last }}
    {% endfor %}
from placed
where
    {% for split in splits %}
    is_neighbour_{{ split }} = 1 and place_{{ split }} <= {{ compared_count }}{{ ' or' if not loop.last }}
    {% endfor %}
