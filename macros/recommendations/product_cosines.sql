{#
    A select of products and the products that users of the one deal with too and that may be recommended: as_of_date,
    product_number, similar_product_number, shared_user_count, cosine (0-1, of their affinities over users) and length_ratio
    (above 0, the length of the one to that of the other). looked_up: name of a relation with as_of_date and product_number,
    of which alone pairs are sought; none = of all products.
#}
{% macro product_cosines(looked_up=none) -%}
    select
        pairs.as_of_date,
        pairs.product_number,
        pairs.similar_product_number,
        pairs.shared_user_count,
        least(cast(pairs.shared_affinity as double) / (lengths.length * similar_lengths.length), 1) as cosine,
        lengths.length / similar_lengths.length as length_ratio
    from (
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
    ) as pairs
    {% if looked_up %}
    inner join {{ looked_up }} as looked_up
        on
            pairs.as_of_date = looked_up.as_of_date
            and pairs.product_number = looked_up.product_number
    {% endif %}
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
    where products.is_eligible
{%- endmacro %}
