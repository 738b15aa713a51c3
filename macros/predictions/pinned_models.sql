{#
    The var seg__pinned_models, checked: a target or model that does not exist stops the build.
#}
{% macro pinned_models() %}
    {% set pinned = var('seg__pinned_models') or {} %}
    {% set targets = fitted_targets() | map(attribute='name') | list %}
    {% set models = single_models() + ['stacked'] %}
    {% for target_name, model_name in pinned.items() %}
        {% if target_name not in targets %}
            {% do exceptions.raise_compiler_error(
                "seg__pinned_models names the target '" ~ target_name ~ "'; there are " ~ targets | join(', ')
            ) %}
        {% elif model_name not in models %}
            {% do exceptions.raise_compiler_error(
                "seg__pinned_models names the model '" ~ model_name ~ "' for " ~ target_name ~ "; there are "
                ~ models | join(', ')
            ) %}
        {% elif model_name in models_of_no_use(target_name) %}
            {% do exceptions.raise_compiler_error(
                "seg__pinned_models names the model '" ~ model_name ~ "' for " ~ target_name ~ ", which it cannot predict; there are "
                ~ models | reject('in', models_of_no_use(target_name)) | join(', ')
            ) %}
        {% endif %}
    {% endfor %}
    {{ return(pinned) }}
{% endmacro %}

{# Models that are never fitted to a target: they are for other kinds. #}
{% macro models_of_no_use(target_name) %}
    {% set kind = (prediction_targets() | selectattr('name', 'equalto', target_name) | first).kind %}
    {{ return({
        'amount': ['logistic_regression'],
        'probability': ['linear_regression', 'ridge_regression', 'elastic_net'],
        'days': ['logistic_regression', 'bg_nbd'],
    }[kind]) }}
{% endmacro %}
