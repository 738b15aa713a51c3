{# Postage, fees and vouchers that have neighbours: whoever pays them would be recommended what others pay them with. #}
select
    similar_products.product_id,
    similar_products.similar_product_id
from {{ ref('seg__similar_products') }} as similar_products
inner join {{ upstream('seg__products') }} as products
    on similar_products.product_id = products.product_id
where products.is_service
