{# One row per date of a fit, cluster feature and bin: how the users it was fitted on were distributed. #}

{% set columns = {'as_of_date': 'date', 'feature_name': 'string', 'bin_number': 'int', 'user_count': 'bigint'} %}

{{ earlier_rows_of_other_dates(columns) }}

union all

select
    decisions.as_of_date,
    histogram.feature_name,
    histogram.bin_number,
    histogram.user_count
from ({{ cluster_histogram(ref('int_seg__cluster_features'), ref('int_seg__cluster_scaling')) }}) as histogram
cross join {{ ref('int_seg__refit_decisions') }} as decisions
where decisions.is_refit
