{# One row per accepted product of the input `products`. #}
{{ kept_rows(
    ref('int_seg__products_judged'),
    'product_id',
    ['product_id', 'product_name', 'category', 'brand', 'description', 'list_price', 'unit_cost', 'stock_on_hand',
     'lead_time_days', 'embedding']
) }}
