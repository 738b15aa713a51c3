{#
    Rows of a model in which the given columns together repeat, and those where a column of not_null is missing: one test for
    all, as a test alone costs more than what it asks.
#}
{% test unique_combination(model, columns, not_null=[]) %}
select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ rows_to_test(model, columns) }}
group by {{ columns | join(', ') }}
having
    count(*) > 1
    {% for needed in not_null %}
    or count({{ needed }}) < count(*)
    {% endfor %}
{% endtest %}
