{#
    SQL of a model that no Python fit is behind, over `features` (int_seg__prediction_features_filled) and `baselines`
    (int_seg__prediction_baselines of the target).
    constant: the mean of the outcomes in the windows that the fit learns from; a mean of returns alone would be negative.
    same_as_before: the user's own amount in the window before, at least 0; for a probability, the share of those who
    ordered among the users who had (or had not) ordered in the window before; for days, the user's rhythm.
    bg_nbd: what BG/NBD and Gamma-Gamma expect of a buyer; of others, the mean of those who had never ordered.
#}
{% macro simple_expression(target_name, model_name) -%}
    {%- if model_name == 'constant' -%}
        greatest(0.0, baselines.mean_actual)
    {%- elif model_name == 'same_as_before' -%}
        {%- if target_name == 'will_order' -%}
        case when features.previous_order_count > 0 then baselines.mean_if_before else baselines.mean_if_not_before end
        {%- else -%}
        greatest(0.0, {{ previous_expression(target_name) }})
        {%- endif -%}
    {%- else -%}
        {%- set expected = {
            'order_count': 'features.expected_order_count',
            'net_revenue': 'features.expected_revenue',
            'lifetime_value_12m': 'features.discounted_revenue',
            'will_order': 'features.order_probability',
        }[target_name] -%}
        greatest(0.0, case
            when features.has_lifetime_expectation then {{ expected }} else baselines.mean_if_new
        end)
    {%- endif -%}
{%- endmacro %}

{#
    What the target was in the window before the as-of date. Who has a rhythm is expected to keep it; nobody waits longer
    than the window in which days are counted.
#}
{% macro previous_expression(target_name) -%}
    {{ {
        'order_count': 'features.previous_order_count',
        'net_revenue': 'features.previous_net_revenue',
        'will_order': 'case when features.previous_order_count > 0 then 1.0 else 0.0 end',
        'days_to_next_order': 'least(features.mean_days_between_orders, features.window_days)',
        'lifetime_value_12m': 'features.previous_net_revenue',
    }[target_name] }}
{%- endmacro %}
