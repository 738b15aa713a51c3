{# The metrics that are means over users, each with the column of `int_seg__recommendation_user_metrics` it is the mean of. #}
{% macro recommendation_user_metrics() %}
    {{ return({
        'ndcg': 'ndcg',
        'hit_rate': 'has_hit',
        'recall': 'recall',
        'precision': 'precision_at_k',
        'mrr': 'reciprocal_rank',
        'map': 'average_precision',
    }) }}
{% endmacro %}
