{#
    `int_seg__user_product_days`, or a subquery of it without the rows of services: where there are none, a join of all days
    would leave them as they are.
#}
{% macro product_days() -%}
    {%- set days, products = ref('int_seg__user_product_days'), ref('seg__products') -%}
    {%- if var('seg__service_categories') -%}
    (
        select user_product_days.*
        from {{ days }} as user_product_days
        inner join {{ products }} as products
            on
                user_product_days.product_id = products.product_id
                and not products.is_service
    )
    {%- else -%}
    {{ days }}
    {%- endif -%}
{%- endmacro %}
