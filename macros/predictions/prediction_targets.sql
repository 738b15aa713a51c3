{#
    What is predicted. horizon_days: how far ahead. kind: amount (0 or more), probability (0-1), days (until something
    happens, of those to whom it happens). choice_metric: the metric (smaller is better) by which the model that serves
    is chosen; by squared errors a few large accounts would choose for everybody. complement_of: the probability is 1
    minus that of another target and has no fit of its own, so that the two never contradict each other. at_least: the
    target that is part of it (orders are no fewer than the chance of one, a year brings no less than its first days), and
    at_least_share, how much of that at least: models that are fitted apart may say otherwise.
#}
{% macro prediction_targets() %}
    {% set horizon_days = var('seg__horizon_days') %}
    {% set discount = '(1 / power(1 + ' ~ var('seg__annual_discount_rate') ~ ', ' ~ horizon_days ~ ' / 365.0))' %}
    {{ return([
        {'name': 'order_count', 'horizon_days': horizon_days, 'kind': 'amount', 'choice_metric': 'poisson_deviance',
            'at_least': 'will_order', 'at_least_share': '1.0'},
        {'name': 'net_revenue', 'horizon_days': horizon_days, 'kind': 'amount', 'choice_metric': 'poisson_deviance'},
        {'name': 'will_order', 'horizon_days': horizon_days, 'kind': 'probability', 'choice_metric': 'log_loss'},
        {'name': 'will_churn', 'horizon_days': horizon_days, 'kind': 'probability', 'choice_metric': 'log_loss',
            'complement_of': 'will_order'},
        {'name': 'days_to_next_order', 'horizon_days': horizon_days, 'kind': 'days', 'choice_metric': 'poisson_deviance'},
        {'name': 'lifetime_value_12m', 'horizon_days': 365, 'kind': 'amount', 'choice_metric': 'poisson_deviance',
            'at_least': 'net_revenue' if horizon_days <= 365 else none, 'at_least_share': discount},
    ]) }}
{% endmacro %}

{# The targets that models are fitted to. #}
{% macro fitted_targets() %}
    {% set fitted = [] %}
    {% for target in prediction_targets() if not target.complement_of %}
        {% do fitted.append(target) %}
    {% endfor %}
    {{ return(fitted) }}
{% endmacro %}

{# The targets as a relation: target_name, horizon_days, kind, choice_metric, complement_of (text or null). #}
{% macro prediction_targets_relation() -%}
    (
        {%- for target in prediction_targets() %}
        select
            '{{ target.name }}' as target_name,
            {{ target.horizon_days }} as horizon_days,
            '{{ target.kind }}' as kind,
            '{{ target.choice_metric }}' as choice_metric,
            {{ "'" ~ target.complement_of ~ "'" if target.complement_of else 'cast(null as string)' }} as complement_of
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
