{#
    One row per user, product and day: how much interest the user showed, and whether what recommendations aim at
    happened (`int_seg__signal_weights`). Purchase events beside order lines say nothing more, and do of orders that were
    cancelled. Postage and fees go with everything: they say nothing of what else is wanted.
#}
{{ config(materialized='view_in_place') }}

{% set browse_types = ['view', 'click', 'cart_add', 'cart_remove', 'wishlist'] %}

select
    days.user_id,
    days.product_id,
    days.activity_date,
    weights.purchase_weight,
    cast(
        {% for event_type in browse_types %}
        days.{{ event_type }}_count * weights.{{ event_type }}_weight{{ ' +' if not loop.last }}
        {% endfor %}
        as double
    ) as browse_weight,
    case when days.order_count > 0 then 1 else 0 end as is_bought,
    case
        when weights.has_purchases
            then case when days.order_count > 0 then 1 else 0 end
        {% for event_type in browse_types if event_type != 'cart_remove' %}
        when days.{{ event_type }}_count > 0 and weights.{{ event_type }}_weight >= weights.target_weight then 1
        {% endfor %}
        else 0
    end as is_target
from {{ product_days() }} as days
cross join {{ ref('int_seg__signal_weights') }} as weights
