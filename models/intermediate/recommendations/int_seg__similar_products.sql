{#
    One row per date, product and one of its nearest neighbours by behaviour. Neighbours are ordered by `strength`, the
    cosine of the two products' affinities over users as the similarity in use dampens it: less where few users know both
    or the neighbour is popular anyway. Only products that may be recommended are neighbours.
#}

with

cosines as (

    {{ product_cosines() }}

),

compared as (

    select
        cosines.as_of_date,
        cosines.product_number,
        cosines.similar_product_number,
        cosines.shared_user_count,
        {{ pair_similarity(0, var('seg__similarity_damping_users')) }} as similarity,
        {{ pair_similarity('choices.popularity_damping', 'choices.damping_users') }} as strength
    from cosines
    cross join {{ ref('int_seg__similarity_choices') }} as choices
    where choices.is_chosen

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
