{# One row per date of a fit, node and item: the tree of micro-clusters of every fit so far. #}

{% set columns = hierarchy_columns() %}

{{ earlier_rows_of_other_dates(columns) }}

union all

select
    {% for name, type in columns.items() %}
    cast({{ name }} as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('ml_seg__hierarchy_fits') }}
