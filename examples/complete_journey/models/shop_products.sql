{# One row per product: input `products`. Manufacturers have numbers and no names; 'Private' is the shop's own brand. #}
select
    product_id,
    coalesce(concat_ws(' ', product_type, package_size), department) as product_name,
    coalesce(product_category, department) as category,
    case
        when brand = 'Private' then 'Private'
        else 'Manufacturer ' || manufacturer_id
    end as brand,
    concat_ws(' > ', department, product_category, product_type) as description
from {{ source('raw', 'products') }}
