{#
    What is predicted, each over one horizon. `is_probability`: yes or no, predicted as a probability; the others
    are amounts. `choice_metric`: the metric (smaller is better) by which the model that serves is chosen.
#}
{% macro prediction_targets() %}
    {{ return([
        {'name': 'order_count', 'model_name': 'linear_regression', 'is_probability': false, 'choice_metric': 'rmse'},
        {'name': 'net_revenue', 'model_name': 'linear_regression', 'is_probability': false, 'choice_metric': 'rmse'},
        {'name': 'will_order', 'model_name': 'logistic_regression', 'is_probability': true, 'choice_metric': 'log_loss'},
    ]) }}
{% endmacro %}
