{# One row per date of a fit, number of clusters and metric, and per chosen cluster and feature: every fit so far. #}

{% set columns = {
    'as_of_date': 'date', 'record_type': 'string', 'cluster_count': 'int', 'cluster_number': 'int',
    'item_name': 'string', 'item_value': 'double', 'is_chosen': 'boolean'
} %}

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
from {{ ref('ml_seg__cluster_fits') }}
