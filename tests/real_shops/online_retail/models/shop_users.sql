{# One row per customer: input `users`. The country is that of the latest line. #}
select
    customer_id as user_id,
    max_by(country, invoiced_at || line_id) as country
from {{ ref('stg_lines') }}
where customer_id is not null
group by customer_id
