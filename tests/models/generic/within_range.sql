{# Values outside [low, high]; null passes. A bound that is not given does not bind. #}
{% test within_range(model, column_name, low=none, high=none) %}
select {{ column_name }}
from {{ rows_to_test(model, ['user_id']) }}
where
    false
    {% if low is not none %}or {{ column_name }} < {{ low }}{% endif %}
    {% if high is not none %}or {{ column_name }} > {{ high }}{% endif %}
{% endtest %}
