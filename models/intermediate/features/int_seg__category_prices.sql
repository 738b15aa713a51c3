{# One row per as-of date and category of which something was bought: what a unit cost on average. #}
select
    as_of_date,
    attribute_value as category,
    {{ ratio('sum(gross_revenue)', 'sum(unit_count)') }} as mean_unit_price
from {{ ref('int_seg__user_affinities') }}
where attribute = 'category' and unit_count > 0
group by as_of_date, attribute_value
