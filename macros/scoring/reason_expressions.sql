{#
    What explains the predictions of each target, as SQL over the standardized features (`scaled_<feature>`), read from
    int_seg__reason_fits when the model runs: a list of dicts with target_name, method, fidelity and features, each with name and
    expression, in the order of their names. Empty while nothing runs.
#}
{% macro reason_expressions() %}
    {% set explained = [] %}
    {% if execute and flags.WHICH in ('run', 'build', 'test') %}
        {% set query %}
            select
                target_name,
                max(method) as method,
                max(fidelity) as fidelity,
                cast(to_json(list(struct_pack(
                    feature_name := feature_name, high_value := high_value, base_contribution := base_contribution, slope := slope
                ) order by feature_name, low_value nulls first)) as string) as steps
            from {{ ref('int_seg__reason_fits') }}
            group by target_name
            order by target_name
        {% endset %}
        {% for target in run_query(query).rows %}
            {% set features = [] %}
            {% for feature_name, steps in fromjson(target['steps']) | groupby('feature_name') %}
                {% do features.append({'name': feature_name, 'expression': steps_expression(feature_name, steps)}) %}
            {% endfor %}
            {% do explained.append({
                'target_name': target['target_name'], 'method': target['method'], 'fidelity': target['fidelity'],
                'features': features,
            }) %}
        {% endfor %}
    {% endif %}
    {{ return(explained) }}
{% endmacro %}

{# SQL of what a feature contributes: a line, or the steps up to their high values, of which the last one has none. #}
{% macro steps_expression(feature_name, steps) -%}
    {%- set lines = [] -%}
    {%- for step in steps -%}
        {%- do lines.append(
            double_literal(step.base_contribution)
            ~ (' + ' ~ double_literal(step.slope) ~ ' * scaled_' ~ feature_name if step.slope else '')
        ) -%}
    {%- endfor -%}
    {%- if steps | length == 1 -%}
        {{ lines[0] }}
    {%- else -%}
        case {% for step in steps[:-1] %}when scaled_{{ feature_name }} <= {{ double_literal(step.high_value) }} then {{ lines[loop.index0] }} {% endfor %}else {{ lines[-1] }} end
    {%- endif -%}
{%- endmacro %}
