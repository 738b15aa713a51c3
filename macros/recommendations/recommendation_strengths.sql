{#
    What can speak for a candidate, each 0-1 in the column `<name>_strength` of `int_seg__recommendation_candidates`: what
    the weights of `int_seg__recommendation_blends` weigh.
#}
{% macro recommendation_strengths() %}
    {{ return([
        'own', 'favourite', 'recent', 'due', 'viewed', 'latest', 'similar', 'regression', 'next', 'content', 'segment',
        'popular', 'trending',
    ]) }}
{% endmacro %}
