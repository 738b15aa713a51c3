{#
    One row per date, product and one of its nearest neighbours by behaviour: the cosine of the two products' affinities
    over users, damped where few users know both. Only products that may be recommended are neighbours.
#}

with

-- A user's strongest products only: a thousand products would be half a million pairs.
user_products as (

    select
        as_of_date,
        user_number,
        product_number,
        affinity
    from {{ ref('int_seg__user_product_affinities') }}
    where
        is_teaching
        and affinity > 0
        and affinity_rank <= {{ var('seg__max_products_per_user') }}

),

lengths as (

    select
        as_of_date,
        product_number,
        sqrt(cast(sum(affinity * affinity) as double)) as length
    from user_products
    group by as_of_date, product_number

),

pairs as (

    select
        products.as_of_date,
        products.product_number,
        others.product_number as other_product_number,
        cast(sum(products.affinity * others.affinity) as bigint) as shared_affinity,
        count(*) as shared_user_count
    from user_products as products
    inner join user_products as others
        on
            products.as_of_date = others.as_of_date
            and products.user_number = others.user_number
            and products.product_number < others.product_number
    group by products.as_of_date, products.product_number, others.product_number
    -- One user is an accident, and such pairs are most of all pairs.
    having count(*) >= {{ var('seg__minimum_shared_users') }}

),

compared as (

    select
        pairs.as_of_date,
        pairs.product_number,
        pairs.other_product_number,
        pairs.shared_user_count,
        round(
            least(cast(pairs.shared_affinity as double) / (lengths.length * other_lengths.length), 1)
            * pairs.shared_user_count / (pairs.shared_user_count + {{ var('seg__similarity_damping_users') }}),
            6
        ) as similarity
    from pairs
    inner join lengths
        on
            pairs.as_of_date = lengths.as_of_date
            and pairs.product_number = lengths.product_number
    inner join lengths as other_lengths
        on
            pairs.as_of_date = other_lengths.as_of_date
            and pairs.other_product_number = other_lengths.product_number

),

both_ways as (

    select
        as_of_date,
        product_number,
        other_product_number as similar_product_number,
        shared_user_count,
        similarity
    from compared

    union all

    select
        as_of_date,
        other_product_number as product_number,
        product_number as similar_product_number,
        shared_user_count,
        similarity
    from compared

),

ranked as (

    select
        both_ways.*,
        row_number() over (
            partition by both_ways.as_of_date, both_ways.product_number
            order by both_ways.similarity desc, both_ways.similar_product_number asc
        ) as similarity_rank
    from both_ways
    inner join {{ ref('int_seg__recommendable_products') }} as products
        on
            both_ways.as_of_date = products.as_of_date
            and both_ways.similar_product_number = products.product_number
    where products.is_eligible and both_ways.similarity > 0

)

select * from ranked
where similarity_rank <= {{ var('seg__similar_product_count') }}
