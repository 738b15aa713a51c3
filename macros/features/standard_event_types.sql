{# The event types that sessions and features count; any other type only counts as an event. #}
{% macro standard_event_types() %}
    {{ return(['view', 'click', 'search', 'cart_add', 'cart_remove', 'wishlist', 'checkout', 'purchase']) }}
{% endmacro %}
