{# One row per date of a fit and cluster feature: the scaling of every fit so far. #}

{{ earlier_rows_of_other_dates(cluster_scaling_columns()) }}

union all

select
    measured.as_of_date,
    measured.feature_name,
    measured.transform,
    measured.fill,
    measured.low,
    measured.high,
    measured.mean,
    measured.standard_deviation,
    measured.rule_weight,
    weights.weight
from {{ ref('int_seg__cluster_scaling_measured') }} as measured
inner join {{ ref('int_seg__cluster_weights') }} as weights
    on measured.feature_name = weights.feature_name
