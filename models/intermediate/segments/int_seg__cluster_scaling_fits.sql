{# One row per date of a fit and cluster feature: the scaling of every fit so far. #}

select earlier.*
from ({{ earlier_rows(cluster_scaling_columns()) }}) as earlier
left join {{ ref('int_seg__refit_decisions') }} as decisions
    on earlier.as_of_date = decisions.as_of_date
where decisions.as_of_date is null

union all

select
    {{ cluster_scaling_columns() | join(', ') }}
from {{ ref('int_seg__cluster_scaling_measured') }}
