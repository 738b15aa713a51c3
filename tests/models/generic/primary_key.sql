{#
    Values of a column that is a model's key which are missing or repeat, and those of rows where a column of not_null is
    missing: one test for all, as a test alone costs more than what it asks.
#}
{% test primary_key(model, column_name, not_null=[]) %}
select
    {{ column_name }},
    count(*) as row_count
from {{ rows_to_test(model, [column_name]) }}
group by {{ column_name }}
having
    count(*) > 1
    or {{ column_name }} is null
    {% for needed in not_null %}
    or count({{ needed }}) < count(*)
    {% endfor %}
{% endtest %}
