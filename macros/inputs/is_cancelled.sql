{# Whether an order's status, in lower case, says that it was called off; false without a status. #}
{% macro is_cancelled(order_status) -%}
    coalesce({{ order_status }} in ('cancelled', 'canceled', 'voided', 'failed', 'cancel'), false)
{%- endmacro %}
