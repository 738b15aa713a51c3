{#
    One row per date, product and one of its nearest neighbours by behaviour. Neighbours are ordered by `strength`, the
    cosine of the two products' affinities over users as the similarity in use dampens it: less where few users know both
    or the neighbour is popular anyway. Only products that may be recommended are neighbours.
#}

with

pairs as (

    select
        as_of_date,
        product_number,
        other_product_number as similar_product_number,
        shared_affinity,
        shared_user_count
    from {{ ref('int_seg__product_pairs') }}

    union all

    select
        as_of_date,
        other_product_number as product_number,
        product_number as similar_product_number,
        shared_affinity,
        shared_user_count
    from {{ ref('int_seg__product_pairs') }}

),

compared as (

    select
        pairs.as_of_date,
        pairs.product_number,
        pairs.similar_product_number,
        pairs.shared_user_count,
        {{ pair_similarity('pairs', 'lengths', 'similar_lengths', 0, var('seg__similarity_damping_users')) }}
            as similarity,
        {{ pair_similarity(
            'pairs', 'lengths', 'similar_lengths', 'choices.popularity_damping', 'choices.damping_users'
        ) }} as strength
    from pairs
    inner join {{ ref('int_seg__recommendable_products') }} as products
        on
            pairs.as_of_date = products.as_of_date
            and pairs.similar_product_number = products.product_number
    inner join {{ ref('int_seg__product_lengths') }} as lengths
        on
            pairs.as_of_date = lengths.as_of_date
            and pairs.product_number = lengths.product_number
    inner join {{ ref('int_seg__product_lengths') }} as similar_lengths
        on
            pairs.as_of_date = similar_lengths.as_of_date
            and pairs.similar_product_number = similar_lengths.product_number
    cross join {{ ref('int_seg__similarity_choices') }} as choices
    where products.is_eligible and choices.is_chosen

),

ranked as (

    select
        *,
        row_number() over (
            partition by as_of_date, product_number
            order by strength desc, similar_product_number asc
        ) as similarity_rank
    from compared
    where strength > 0

)

select * from ranked
where similarity_rank <= {{ var('seg__similar_product_count') }}
