{#
    One row per invoice line: input `order_lines`. An invoice that starts with C is a credit note: its quantities are
    negative, which makes its lines returns; the invoice that it takes back stays as it was, so no line is 'cancelled'.
#}
select
    line_id as order_line_id,
    invoice_no as order_id,
    customer_id as user_id,
    stock_code as product_id,
    invoiced_at as ordered_at,
    quantity,
    unit_price
from {{ ref('stg_lines') }}
