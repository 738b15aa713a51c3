{# Values of a column that is a model's key which are missing or repeat. #}
{% test primary_key(model, column_name) %}
select
    {{ column_name }},
    count(*) as row_count
from {{ rows_to_test(model, [column_name]) }}
group by {{ column_name }}
having count(*) > 1 or {{ column_name }} is null
{% endtest %}
