{# Rows of a model in which the given columns together repeat. #}
{% test unique_combination(model, columns) %}
select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ rows_to_test(model, columns) }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
