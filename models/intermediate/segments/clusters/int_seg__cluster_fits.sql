{# One row per date of a fit, number of clusters and metric, and per chosen cluster and feature: every fit so far. #}

{% set columns = {
    'as_of_date': 'date', 'record_type': 'string', 'cluster_count': 'int', 'cluster_number': 'int',
    'item_name': 'string', 'item_value': 'double', 'is_chosen': 'boolean'
} %}

{{ earlier_rows_of_other_dates(columns) }}

union all

select
    {% for name, type in columns.items() %}
    cast({{ name }} as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('ml_seg__cluster_fits') }}
