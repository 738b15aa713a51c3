{# One row per product and dimension of its embedding. #}
{{ array_elements(ref('int_seg__products_kept'), 'product_id', 'embedding') }}
