{#
    Every model that predicts by itself, the simplest first; `stacked` is a weighted mean of some of them. Of the models
    of features those that the var seg__prediction_models names; a model that does not exist stops the build.
#}
{% macro single_models() %}
    {% set fitted = [
        'linear_regression', 'ridge_regression', 'elastic_net', 'logistic_regression', 'component_regression',
        'neural_network', 'random_forest', 'gradient_boosting',
    ] %}
    {% set wanted = var('seg__prediction_models') %}
    {% if wanted is none %}
        {% set wanted = fitted %}
    {% elif wanted is string %}
        {% do exceptions.raise_compiler_error("seg__prediction_models is '" ~ wanted ~ "'; it must be a list of models") %}
    {% endif %}
    {% for model_name in wanted if model_name not in fitted %}
        {% do exceptions.raise_compiler_error(
            "seg__prediction_models names the model '" ~ model_name ~ "'; there are " ~ fitted | join(', ')
        ) %}
    {% endfor %}
    {{ return(['constant', 'same_as_before', 'bg_nbd'] + (fitted | select('in', wanted) | list)) }}
{% endmacro %}

{# Those of them that no Python fit of features is behind. The rhythm of days is all that BG/NBD says of them. #}
{% macro simple_models(target) %}
    {{ return(['constant', 'same_as_before'] + (['bg_nbd'] if target.kind != 'days' else [])) }}
{% endmacro %}
