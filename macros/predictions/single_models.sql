{# Every model that predicts by itself, the simplest first; `stacked` is a weighted mean of some of them. #}
{% macro single_models() %}
    {{ return([
        'constant', 'same_as_before', 'bg_nbd', 'linear_regression', 'ridge_regression', 'elastic_net',
        'logistic_regression', 'component_regression', 'neural_network', 'random_forest', 'gradient_boosting',
    ]) }}
{% endmacro %}

{# Those of them that no Python fit of features is behind. The rhythm of days is all that BG/NBD says of them. #}
{% macro simple_models(target) %}
    {{ return(['constant', 'same_as_before'] + (['bg_nbd'] if target.kind != 'days' else [])) }}
{% endmacro %}
