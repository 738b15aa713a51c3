{# One row per line as received, its texts read as what they are. #}
select
    -- A line is its content: lines that are equal in every column are copies of one.
    md5(concat_ws(
        '|',
        coalesce("InvoiceNo", '?'), coalesce("StockCode", '?'), coalesce("Description", '?'), coalesce("Quantity", '?'),
        coalesce("InvoiceDate", '?'), coalesce("UnitPrice", '?'), coalesce("CustomerID", '?'), coalesce("Country", '?')
    )) as line_id,
    "InvoiceNo" as invoice_no,
    -- '85123a' is '85123A'.
    upper(trim("StockCode")) as stock_code,
    -- '17850.0' is 17850.
    split_part(trim("CustomerID"), '.', 1) as customer_id,
    strptime("InvoiceDate", '%Y-%m-%d %H:%M:%S') as invoiced_at,
    nullif(trim("Description"), '') as description,
    nullif("Country", 'Unspecified') as country,
    cast("Quantity" as bigint) as quantity,
    cast("UnitPrice" as decimal(18, 4)) as unit_price
from {{ source('online_retail', 'lines') }}
