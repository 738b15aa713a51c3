{# One row per date of a fit, cluster feature and bin: how the users it was fitted on were distributed. #}

{% set columns = {'as_of_date': 'date', 'feature_name': 'string', 'bin_number': 'int', 'user_count': 'bigint'} %}

select earlier.*
from ({{ earlier_rows(columns) }}) as earlier
left join {{ ref('int_seg__refit_decisions') }} as decisions
    on earlier.as_of_date = decisions.as_of_date
where decisions.as_of_date is null

union all

select
    decisions.as_of_date,
    histogram.feature_name,
    histogram.bin_number,
    histogram.user_count
from ({{ cluster_histogram(ref('int_seg__cluster_features'), ref('int_seg__cluster_scaling')) }}) as histogram
cross join {{ ref('int_seg__refit_decisions') }} as decisions
where decisions.is_refit
