{#
    Rows with a value outside its range; null passes. One test for all columns of a model: a test alone costs more than what
    it asks. ranges: column -> [low, high], null where a bound does not bind.
#}
{% test within_ranges(model, ranges) %}
select {{ ranges.keys() | join(', ') }}
from {{ rows_to_test(model, ['user_id']) }}
where
    false
    {% for column_name, bounds in ranges.items() %}
    {% if bounds[0] is not none %}or {{ column_name }} < {{ bounds[0] }}{% endif %}
    {% if bounds[1] is not none %}or {{ column_name }} > {{ bounds[1] }}{% endif %}
    {% endfor %}
{% endtest %}
