{#
    One row per user and day with an order line. An order counts on the day of its first sold line; a return on the day
    it came back. `days_since_previous_order` compares with the last earlier day with an order. Postage and fees are revenue,
    but no units: they would make bulk buyers of who pays much postage, and hide who sends products back. Nor is somebody
    active on the day of a credit note for them.
#}
-- depends_on: {{ ref('seg__products') }}
{{ config(materialized='ephemeral') }}

{% set is_unit = 'not lines.is_cancelled' ~ (' and not products.is_service' if var('seg__service_categories') else '') %}

with

-- A line that is added on a later day changes nothing of how the order was placed.
orders as (

    select
        lines.user_id,
        lines.order_id,
        placed.activity_date,
        max(case when lines.coupon_id is not null or lines.discount_amount > 0 then 1 else 0 end) as is_discounted,
        max(case when lines.coupon_id is not null then 1 else 0 end) as has_coupon,
        min(case when lines.is_cancelled then 1 else 0 end) as is_cancelled
    from {{ ref('seg__order_lines') }} as lines
    inner join (
        select
            user_id,
            order_id,
            min(order_date) as activity_date
        from {{ ref('seg__order_lines') }}
        where quantity > 0 and {{ only_users_to_refresh('user_id') }}
        group by user_id, order_id
    ) as placed
        on
            lines.user_id = placed.user_id
            and lines.order_id = placed.order_id
            and lines.order_date = placed.activity_date
    where lines.quantity > 0
    group by lines.user_id, lines.order_id, placed.activity_date

),

order_days as (

    select
        user_id,
        activity_date,
        count(*) as placed_order_count,
        sum(is_cancelled) as cancelled_order_count,
        sum(1 - is_cancelled) as order_count,
        sum(case when is_cancelled = 0 then has_coupon else 0 end) as coupon_order_count,
        sum(case when is_cancelled = 0 then is_discounted else 0 end) as discounted_order_count
    from orders
    group by user_id, activity_date

),

gaps as (

    select
        user_id,
        activity_date,
        {{ dbt.datediff(
            'lag(activity_date) over (partition by user_id order by activity_date)', 'activity_date', 'day'
        ) }} as days_since_previous_order
    from order_days
    where order_count > 0

),

line_days as (

    select
        lines.user_id,
        lines.order_date as activity_date,
        sum(case when lines.quantity > 0 and {{ is_unit }} then lines.quantity else 0 end) as unit_count,
        sum(case when lines.is_return and {{ is_unit }} then abs(lines.quantity) else 0 end) as returned_unit_count,
        sum(lines.gross_revenue) as gross_revenue,
        sum(case when lines.quantity > 0 and not lines.is_cancelled then lines.discount_amount else 0 end)
            as discount_amount,
        sum(lines.net_revenue) as net_revenue
    from {{ ref('seg__order_lines') }} as lines
    {# Where there are no services, this would join all lines and change none. #}
    {% if var('seg__service_categories') %}
    inner join {{ ref('seg__products') }} as products
        on lines.product_id = products.product_id
    {% endif %}
    where {{ only_users_to_refresh('lines.user_id') }}
    group by lines.user_id, lines.order_date

)

select
    line_days.user_id,
    line_days.activity_date,
    coalesce(order_days.placed_order_count, 0) as placed_order_count,
    coalesce(order_days.cancelled_order_count, 0) as cancelled_order_count,
    coalesce(order_days.order_count, 0) as order_count,
    coalesce(order_days.coupon_order_count, 0) as coupon_order_count,
    coalesce(order_days.discounted_order_count, 0) as discounted_order_count,
    case when order_days.order_count > 0 then 1 else 0 end as order_day_count,
    gaps.days_since_previous_order,
    line_days.unit_count,
    line_days.returned_unit_count,
    line_days.gross_revenue,
    line_days.discount_amount,
    line_days.net_revenue
from line_days
left join order_days
    on
        line_days.user_id = order_days.user_id
        and line_days.activity_date = order_days.activity_date
left join gaps
    on
        line_days.user_id = gaps.user_id
        and line_days.activity_date = gaps.activity_date
