{# Purchases that came in as events alone bring their price with them: one without it is an order line that brings nothing. #}
{{ config(severity='warn') }}

with

counted as (

    select
        count(*) as line_count,
        sum(case when unit_price = 0 then 1 else 0 end) as unpriced_count
    from {{ ref('seg__order_lines') }}
    where source_input = 'events'

)

select *
from counted
where line_count >= 20 and unpriced_count > 0.2 * line_count
