{# One row per product that the shop lists or that occurs in an event or an order line. #}

with

occurring as (

    select product_id
    from {{ ref('seg__events') }}
    where product_id is not null

    union

    select product_id
    from {{ ref('seg__order_lines') }}

    union

    select product_id
    from {{ ref('int_seg__products_kept') }}

),

-- One spelling per category and brand, the most frequent: 'Electronics' for ' ELECTRONICS'.
category_spellings as (

    {{ usual_spellings(ref('int_seg__products_kept'), 'category') }}

),

brand_spellings as (

    {{ usual_spellings(ref('int_seg__products_kept'), 'brand') }}

)

select
    occurring.product_id,
    coalesce(nullif(trim(products.product_name), ''), occurring.product_id) as product_name,
    category_spellings.spelling as category,
    brand_spellings.spelling as brand,
    products.description,
    cast(products.list_price as decimal(18, 4)) as list_price,
    cast(products.unit_cost as decimal(18, 4)) as unit_cost,
    cast(products.stock_on_hand as bigint) as stock_on_hand,
    cast(products.lead_time_days as bigint) as lead_time_days,
    cast(coalesce(products.copy_count, 0) as bigint) as copy_count,
    products.product_id is not null as is_listed,
    {% if var('seg__service_categories') %}
    coalesce(lower(trim(products.category)) in (
        {%- for category in var('seg__service_categories') %}'{{ category | lower | trim | replace("'", "''") }}'{{ ', ' if not loop.last }}{% endfor -%}
    ), false) as is_service
    {% else %}
    false as is_service
    {% endif %}
from occurring
left join {{ ref('int_seg__products_kept') }} as products
    on occurring.product_id = products.product_id
left join category_spellings
    on lower(trim(products.category)) = category_spellings.spelling_key
left join brand_spellings
    on lower(trim(products.brand)) = brand_spellings.spelling_key
