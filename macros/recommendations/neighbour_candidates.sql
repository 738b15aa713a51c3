{#
    A select of the products near to each user's own: as_of_date, user_number, product_number, strength (0-1, the share of
    the user's nearest), of each user as many as compete for a place.
    sources: a condition that says which of `user_products`, a CTE with affinity and affinity_rank, are looked up.
    neighbours, to_product, strength: a relation with as_of_date and product_number, and its columns of the neighbour's
        number and of how near it is, below 0 where the one speaks against the other.
#}
{% macro neighbour_candidates(sources, neighbours, to_product, strength) -%}
    {%- set summed -%}
    (
        select
            user_products.as_of_date,
            user_products.user_number,
            {{ packed(
                'cast(greatest(sum(user_products.affinity * cast(round(neighbours.' ~ strength ~ ' * 100000) as bigint)), 0) as bigint)',
                'neighbours.' ~ to_product
            ) }} as packed
        from user_products
        inner join {{ neighbours }} as neighbours
            on
                {{ stored_date('user_products.as_of_date') }} = neighbours.as_of_date
                and user_products.product_number = neighbours.product_number
        where user_products.affinity > 0 and {{ sources }}
        group by user_products.as_of_date, user_products.user_number, neighbours.{{ to_product }}
    ) as summed
    {%- endset -%}
    select
        as_of_date,
        user_number,
        {{ packed_number('packed') }} as product_number,
        round({{ packed_value('packed') }} / {{ packed_value('highest') }}, 6) as strength
    from (
        {{ largest_numbers(summed, ['as_of_date', 'user_number'], 'packed', var('seg__max_similar_candidates')) }}
    ) as largest
    where {{ packed_value('packed') }} > 0
{%- endmacro %}
