{# Metrics of orders: name -> kind. A `share` is 1 or 0 of each user; of a `mean` each user has any number. #}
{% macro order_metrics() %}
    {{ return({'conversion': 'share', 'orders': 'mean', 'revenue': 'mean', 'revenue_winsorized': 'mean'}) }}
{% endmacro %}
