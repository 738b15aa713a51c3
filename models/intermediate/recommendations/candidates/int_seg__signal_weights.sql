{#
    One row: what an event of each type and a purchase weigh in signals, and what recommendations aim at: orders or, in a shop
    without orders, the heaviest kind of event that it has. A table of its own: as part of the view it would have all days
    of all users held in memory by whoever reads some of them.
#}
{% set browse_types = ['view', 'click', 'cart_add', 'cart_remove', 'wishlist'] %}

with

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
        coalesce(sum(days.order_count), 0) as purchase_count,
        {% for event_type in browse_types %}
        coalesce(sum(days.{{ event_type }}_count), 0) as {{ event_type }}_count{{ ',' if not loop.last }}
        {% endfor %}
    from {{ product_days() }} as days
    where days.activity_date < (
        select max(as_of_date) from {{ ref('int_seg__as_of_dates') }}
    )

)

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
