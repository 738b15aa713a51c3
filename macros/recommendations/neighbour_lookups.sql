{#
    The strengths that come from products near to the user's own: which of `user_products` are looked up, in which relation,
    and its columns of the neighbour's number and of how near it is.
#}
{% macro neighbour_lookups() %}
    {%- set of_strongest = 'user_products.affinity_rank <= ' ~ var('seg__max_source_products') -%}
    {{ return({
        'similar': {
            'sources': of_strongest,
            'neighbours': ref('int_seg__similar_products'), 'to_product': 'similar_product_number', 'strength': 'strength',
        },
        'regression': {
            'sources': 'user_products.affinity_rank <= ' ~ var('seg__max_regression_products_per_user'),
            'neighbours': ref('int_seg__regression_products'), 'to_product': 'regression_product_number', 'strength': 'strength',
        },
        'next': {
            'sources': 'user_products.is_of_last_day and user_products.affinity_rank <= 10',
            'neighbours': ref('int_seg__next_products'), 'to_product': 'next_product_number', 'strength': 'strength',
        },
        'content': {
            'sources': 'user_products.affinity_rank <= 10',
            'neighbours': ref('int_seg__similar_products_by_content'), 'to_product': 'similar_product_number',
            'strength': 'similarity',
        },
    }) }}
{% endmacro %}
