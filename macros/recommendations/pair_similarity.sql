{#
    The cosine of a row of `product_cosines`, times n / (n + damping_users) for n shared users, times length_ratio to the power
    of the popularity damping: above 0, a neighbour that everybody knows counts less.
#}
{% macro pair_similarity(popularity_damping, damping_users) -%}
    round(
        cosine * shared_user_count / (shared_user_count + {{ damping_users }})
        * power(length_ratio, {{ popularity_damping }}),
        6
    )
{%- endmacro %}
