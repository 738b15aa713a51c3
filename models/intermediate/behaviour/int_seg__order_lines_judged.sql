{# One row per row of the input `order_lines`, with why it is rejected, if it is. #}
{{ config(materialized='view_in_place') }}

select
    order_lines.*,
    case
        when erased_users.user_id is not null then 'erased'
        when {{ missing_text('order_lines.order_line_id') }} then 'missing_order_line_id'
        when {{ missing_text('order_lines.order_id') }} then 'missing_order_id'
        when {{ missing_text('order_lines.user_id') }} then 'missing_user_id'
        when {{ missing_text('order_lines.product_id') }} then 'missing_product_id'
        {{ time_reject_reason('ordered_at') }}
        when quantity is null then 'missing_quantity'
        when {{ is_outside('quantity', -1 * var('seg__maximum_amount'), var('seg__maximum_amount')) }}
            then 'impossible_quantity'
        when quantity <> floor(quantity) then 'fractional_quantity'
        when quantity = 0 then 'zero_quantity'
        when unit_price is null then 'missing_unit_price'
        when {{ is_outside('unit_price', 0, var('seg__maximum_amount')) }} then 'impossible_unit_price'
        when abs(quantity) * unit_price > {{ var('seg__maximum_amount') }} then 'impossible_amount'
        -- A cent of rounding is forgiven.
        when {{ is_outside('discount_amount', 0, 'abs(quantity) * unit_price + 0.01') }}
            then 'impossible_discount_amount'
    end as reject_reason
from {{ ref('stg_seg__order_lines') }} as order_lines
left join {{ ref('int_seg__erased_users') }} as erased_users
    on order_lines.user_id = erased_users.user_id
