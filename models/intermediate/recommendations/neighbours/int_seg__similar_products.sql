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

packed as (

    select
        as_of_date,
        product_number,
        {{ packed('cast(round(1000000 * strength) as bigint)', 'similar_product_number') }} as packed
    from compared
    where strength > 0

),

-- A rank of all pairs would sort them: 23 million took 9 s, this takes 3.4 s.
nearest as (

    select
        as_of_date,
        product_number,
        {{ packed_number('packed') }} as similar_product_number,
        number_rank as similarity_rank
    from (
        {{ largest_numbers('packed', ['as_of_date', 'product_number'], 'packed', var('seg__similar_product_count')) }}
    ) as largest

)

select
    compared.*,
    nearest.similarity_rank
from compared
inner join nearest
    on
        compared.as_of_date = nearest.as_of_date
        and compared.product_number = nearest.product_number
        and compared.similar_product_number = nearest.similar_product_number
