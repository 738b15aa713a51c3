{# Inputs whose rows do not add up; each count is taken from a table of its own. #}
select *
from {{ ref('seg__input_quality') }}
where received_count is distinct from kept_count + duplicate_count + rejected_count
