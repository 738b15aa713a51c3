{# Each single strategy and the strengths that order its lists; popular products break ties and fill up. #}
{% macro recommendation_strategies() %}
    {{ return({
        'popular': 'popular',
        'segment_popular': 'segment',
        'own_favourites': 'favourite',
        'viewed': 'viewed',
        'similar': 'similar',
        'regression': 'regression',
        'next': 'next',
        'content': 'content',
    }) }}
{% endmacro %}
