{# One row per date of a fit, node and item: the tree of micro-clusters of every fit so far. #}

{% set columns = hierarchy_columns() %}

select earlier.*
from ({{ earlier_rows(columns) }}) as earlier
left join {{ ref('int_seg__refit_decisions') }} as decisions
    on earlier.as_of_date = decisions.as_of_date
where decisions.as_of_date is null

union all

select
    {% for name, type in columns.items() %}
    cast({{ name }} as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('ml_seg__hierarchy_fits') }}
