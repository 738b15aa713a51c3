{#
    One row per user, product and day: how much interest the user showed, and whether what recommendations aim at
    happened: an order or, in a shop without orders, the heaviest kind of event that it has. Purchase events beside
    order lines say nothing more, and do of orders that were cancelled. Postage and fees go with everything: they say
    nothing of what else is wanted.
#}
-- depends_on: {{ ref('seg__products') }}
{{ config(materialized='view_in_place') }}

{% set browse_types = ['view', 'click', 'cart_add', 'cart_remove', 'wishlist'] %}

with

days as (

    select user_product_days.*
    from {{ ref('int_seg__user_product_days') }} as user_product_days
    {# Where there are no services, it would cost a join of all days and leave them as they are. #}
    {% if var('seg__service_categories') %}
    inner join {{ ref('seg__products') }} as products
        on
            user_product_days.product_id = products.product_id
            and not products.is_service
    {% endif %}

),

event_weights as (

    {{ reference_rows('event_weights', 'event_type', ['event_type', 'weight']) }}

),

weights as (

    select
        {% for event_type in browse_types %}
        coalesce(max(case when event_type = '{{ event_type }}' then weight end), 0) as {{ event_type }}_weight,
        {% endfor %}
        coalesce(max(case when event_type = 'purchase' then weight end), 0) as purchase_weight
    from event_weights

),

found as (

    select
        coalesce(sum(order_count), 0) as purchase_count,
        {% for event_type in browse_types %}
        coalesce(sum({{ event_type }}_count), 0) as {{ event_type }}_count{{ ',' if not loop.last }}
        {% endfor %}
    from days
    where activity_date < (
        select max(as_of_date) from {{ ref('int_seg__as_of_dates') }}
    )

),

-- The weight from which an event is a target where nothing is bought.
settings as (

    select
        weights.*,
        found.purchase_count > 0 as has_purchases,
        greatest(
            {% for event_type in browse_types %}
            case when found.{{ event_type }}_count > 0 then weights.{{ event_type }}_weight else 0 end
            {{- ',' if not loop.last }}
            {% endfor %}
        ) as target_weight
    from weights
    cross join found

)

select
    days.user_id,
    days.product_id,
    days.activity_date,
    settings.purchase_weight,
    cast(
        {% for event_type in browse_types %}
        days.{{ event_type }}_count * settings.{{ event_type }}_weight{{ ' +' if not loop.last }}
        {% endfor %}
        as double
    ) as browse_weight,
    case when days.order_count > 0 then 1 else 0 end as is_bought,
    case
        when settings.has_purchases
            then case when days.order_count > 0 then 1 else 0 end
        {% for event_type in browse_types if event_type != 'cart_remove' %}
        when days.{{ event_type }}_count > 0 and settings.{{ event_type }}_weight >= settings.target_weight then 1
        {% endfor %}
        else 0
    end as is_target
from days
cross join settings
