{#
    The rules that stand for each scheme, as they were fitted, read when the model runs: a list of dicts with scheme and
    rules, a list of dicts with rule_number and rule_sql. Empty while nothing runs.
#}
{% macro fitted_segment_rules() %}
    {% set schemes = {} %}
    {% if execute and flags.WHICH in ('run', 'build', 'test') %}
        {% set query %}
            select
                scheme,
                rule_number,
                rule_sql
            from {{ ref('int_seg__segment_rule_texts') }}
            order by scheme, rule_number
        {% endset %}
        {% for row in run_query(query).rows %}
            {% do schemes.setdefault(row['scheme'], []).append(
                {'rule_number': row['rule_number'] | int, 'rule_sql': row['rule_sql']}
            ) %}
        {% endfor %}
    {% endif %}
    {% set fitted = [] %}
    {% for scheme, rules in schemes.items() %}
        {% do fitted.append({'scheme': scheme, 'rules': rules}) %}
    {% endfor %}
    {{ return(fitted) }}
{% endmacro %}
