{#
    The combinations of features that models may use beside them: name, method (pca, lda) and number. Fitted by
    `ml_seg__component_fits`.
#}
{% macro prediction_components() %}
    {% set components = [] %}
    {% for number in range(1, 6) %}
        {% do components.append({'name': 'component_' ~ number, 'method': 'pca', 'number': number}) %}
    {% endfor %}
    {% do components.append({'name': 'discriminant_1', 'method': 'lda', 'number': 1}) %}
    {{ return(components) }}
{% endmacro %}
