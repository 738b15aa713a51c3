{# One row per row of the input `products`, with why it is rejected, if it is. #}
{{ config(materialized='view_in_place') }}

select
    *,
    case
        when {{ missing_text('product_id') }} then 'missing_product_id'
        when {{ is_outside('list_price', 0, var('seg__maximum_amount')) }} then 'impossible_list_price'
        when {{ is_outside('unit_cost', 0, var('seg__maximum_amount')) }} then 'impossible_unit_cost'
        -- Stock below zero is an oversold product, which happens.
        when {{ is_outside('stock_on_hand', -1e15, 1e15) }} then 'impossible_stock_on_hand'
        when stock_on_hand <> floor(stock_on_hand) then 'fractional_stock_on_hand'
        when {{ is_outside('lead_time_days', 0, 36500) }} then 'impossible_lead_time_days'
        when lead_time_days <> floor(lead_time_days) then 'fractional_lead_time_days'
        when {{ is_array_outside('embedding', 1e6) }} then 'impossible_embedding'
    end as reject_reason
from (
    select
        {% for name, kind, is_required in input_contract('products') %}
        {{ 'trim(product_id) as product_id' if name == 'product_id' else name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('stg_seg__products') }}
) as products
