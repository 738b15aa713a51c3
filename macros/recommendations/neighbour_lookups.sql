{#
    The strengths that come from products near to the user's own: which of `user_products` are looked up, in which relation,
    and its columns of the neighbour's number and of how near it is.
#}
{% macro neighbour_lookups() %}
    {%- set of_strongest = 'user_products.affinity_rank <= ' ~ var('seg__max_source_products') -%}
    {{ return({
        'similar': [of_strongest, ref('int_seg__similar_products'), 'similar_product_number', 'strength'],
        'regression': [
            'user_products.affinity_rank <= ' ~ var('seg__max_regression_products_per_user'),
            ref('int_seg__regression_products'), 'regression_product_number', 'strength',
        ],
        'next': [
            'user_products.is_of_last_day and user_products.affinity_rank <= 10',
            ref('int_seg__next_products'), 'next_product_number', 'strength',
        ],
        'content': [
            'user_products.affinity_rank <= 10',
            ref('int_seg__similar_products_by_content'), 'similar_product_number', 'similarity',
        ],
    }) }}
{% endmacro %}
