{# One row per product that occurs in an event: input `products`. The list price is the one last seen. #}
select
    product_id,
    min(category_code) as category,
    min(brand) as brand,
    max_by(cast(price as decimal(18, 4)), event_time || price) as list_price
from {{ source('rees46', 'events') }}
group by product_id
