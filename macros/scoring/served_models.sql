{#
    What serves each target, read when the model runs: a dict by target name of lists of dicts with model_name, weight,
    calibration_intercept, calibration_slope and expression (none for a model without a fit of features). Empty while
    nothing runs.
#}
{% macro served_models(fit_name) %}
    {% set served = {} %}
    {% if execute and flags.WHICH in ('run', 'build', 'test') %}
        {% set members = run_query(
            "select choices.target_name, coalesce(stack_fits.model_name, choices.model_name) as model_name,"
            ~ " coalesce(stack_fits.weight, 1.0) as weight, stack_fits.calibration_intercept,"
            ~ " stack_fits.calibration_slope from " ~ ref('seg__model_choices') ~ " as choices left join "
            ~ ref('int_seg__stack_fits') ~ " as stack_fits on choices.model_name = 'stacked'"
            ~ " and choices.target_name = stack_fits.target_name and stack_fits.fold = -1 and stack_fits.fit_name = '"
            ~ fit_name ~ "' order by 1, 2"
        ).rows %}
        {% set expressions = {} %}
        {% for family in ['linear', 'tree', 'network'] %}
            {% set needed = [] %}
            {% for member in members %}
                {% do needed.append(
                    "(target_name = '" ~ member['target_name'] ~ "' and model_name = '" ~ member['model_name'] ~ "')"
                ) %}
            {% endfor %}
            {% for fit in fitted_expressions(
                family, "fit_name = '" ~ fit_name ~ "' and (" ~ (needed or ['false']) | join(' or ') ~ ")"
            ) %}
                {% do expressions.update({fit.target_name ~ ' ' ~ fit.model_name: fit.expression}) %}
            {% endfor %}
        {% endfor %}
        {% for member in members %}
            {% do served.setdefault(member['target_name'], []).append({
                'model_name': member['model_name'],
                'weight': member['weight'],
                'calibration_intercept': member['calibration_intercept'],
                'calibration_slope': member['calibration_slope'],
                'expression': expressions.get(member['target_name'] ~ ' ' ~ member['model_name']),
            }) %}
        {% endfor %}
    {% endif %}
    {{ return(served) }}
{% endmacro %}

{#
    SQL of what serves a target, over `features`, `baselines` (see `simple_expression`) and `scaled`
    (int_seg__prediction_features). No fitted model passes what was seen in its windows.
#}
{% macro served_expression(served, target) -%}
    {%- set members = served.get(target.name, []) -%}
    {%- if not members -%}
        null
    {%- else -%}
        (
        {%- for member in members %}
        {{ '+ ' if not loop.first }}{{ double_literal(member.weight) }} *
            {%- if member.expression is not none %} greatest(0.0, least(baselines.largest_actual, {{ member.expression }}))
            {%- else %} {{ simple_expression(target.name, member.model_name) }}
            {%- endif %}
        {%- endfor %})
    {%- endif -%}
{%- endmacro %}

{# The same after calibration, over the column that holds `served_expression`. #}
{% macro served_calibrated(served, target, prediction) -%}
    {%- set members = served.get(target.name, []) -%}
    {%- if members and members[0].calibration_slope is not none -%}
        {{ calibrated(
            prediction, double_literal(members[0].calibration_intercept), double_literal(members[0].calibration_slope)
        ) }}
    {%- else -%}
        {{ prediction }}
    {%- endif -%}
{%- endmacro %}
