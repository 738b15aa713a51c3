{#
    The fitted models as SQL over `scaled` (int_seg__prediction_features), read from the parameter tables when the
    model runs: a list of dicts with target_name, model_name, fit_name and expression. Empty while nothing runs.

    family     linear, tree or network: the parameter table int_seg__<family>_fits
    condition  SQL that picks fits by target_name, model_name and fit_name
#}
{% macro fitted_expressions(family, condition) %}
    {% set columns = {
        'linear': ['feature_name', 'coefficient'],
        'tree': ['tree_number', 'node_number', 'feature_name', 'threshold', 'left_node_number', 'right_node_number',
            'node_value'],
        'network': ['layer', 'unit_number', 'feature_name', 'weight'],
    }[family] %}
    {% set order = {
        'linear': 'feature_name',
        'tree': 'tree_number, node_number',
        'network': "layer, unit_number, coalesce(feature_name, '')",
    }[family] %}
    {% set expressions = [] %}
    {% if execute and flags.WHICH in ('run', 'build', 'test') %}
        {# One row per fit, its parameters as one text: dbt would guess the types of thousands of rows anew. #}
        {% set query %}
            select
                target_name,
                model_name,
                fit_name,
                link,
                cast(to_json(list(struct_pack({% for column in columns %}{{ column }} := {{ column }}{{ ', ' if not loop.last }}{% endfor %})
                    order by {{ order }})) as string) as parameters
            from {{ ref('int_seg__' ~ family ~ '_fits') }}
            where {{ condition }}
            group by target_name, model_name, fit_name, link
            order by target_name, model_name, fit_name
        {% endset %}
        {% for fit in run_query(query).rows %}
            {% set rows = fromjson(fit['parameters']) %}
            {% if family == 'linear' %}{% set expression = linear_expression(rows) %}
            {% elif family == 'tree' %}{% set expression = tree_expression(rows, fit['model_name'] == 'random_forest') %}
            {% else %}{% set expression = network_expression(rows) %}{% endif %}
            {% do expressions.append({
                'target_name': fit['target_name'], 'model_name': fit['model_name'], 'fit_name': fit['fit_name'],
                'expression': linked(expression, fit['link']),
            }) %}
        {% endfor %}
    {% endif %}
    {{ return(expressions) }}
{% endmacro %}
