{#
    What can speak for a candidate, each 0-1 in the column `<name>_strength` of `int_seg__recommendation_candidates`: what
    the weights of `int_seg__recommendation_blends` weigh.
#}
{% macro recommendation_strengths() %}
    {{ return(found_strengths() + ['popular', 'trending']) }}
{% endmacro %}

{# Those that depend on the user: what `products_found` returns. #}
{% macro found_strengths() %}
    {{ return(own_strengths() + ['similar', 'regression', 'next', 'content', 'segment']) }}
{% endmacro %}

{# Those of products that the user dealt with: what `int_seg__user_product_affinities` says. #}
{% macro own_strengths() %}
    {{ return(['own', 'favourite', 'recent', 'due', 'viewed', 'latest']) }}
{% endmacro %}
