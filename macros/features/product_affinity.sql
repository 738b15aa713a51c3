{#
    The event weights in one row: <event_type>_weight, 0 where an event type has none.
    in_ten_thousandths: as doubles of whole ten-thousandths, of which sums are exact too, and faster than those of decimals.
#}
{% macro event_weights_in_one_row(in_ten_thousandths=false) %}
    {%- set exact = 'cast(weight as decimal(18, 4))' %}
    {%- set weight = 'round(10000 * cast(' ~ exact ~ ' as double))' if in_ten_thousandths else exact %}
    select
        {% for event_type in ['view', 'click', 'cart_add', 'cart_remove', 'wishlist', 'purchase'] %}
        coalesce(max(case
            when event_type = '{{ event_type }}' then {{ weight }}
        end), 0) as {{ event_type }}_weight{{ ',' if not loop.last }}
        {% endfor %}
    from (
        {{ reference_rows('event_weights', 'event_type', ['event_type', 'weight']) }}
    ) as event_weights
{% endmacro %}

{# How much a row of `int_seg__user_product_days` says of the user's interest, in weighted signals. #}
{% macro product_affinity() -%}
    (
        user_product_days.view_count * weights.view_weight
        + user_product_days.click_count * weights.click_weight
        + user_product_days.cart_add_count * weights.cart_add_weight
        + user_product_days.cart_remove_count * weights.cart_remove_weight
        + user_product_days.wishlist_count * weights.wishlist_weight
        {# A purchase event and the order line of the same purchase are one purchase. #}
        + greatest(
            user_product_days.purchase_event_count, user_product_days.order_count
        ) * weights.purchase_weight
    )
{%- endmacro %}
