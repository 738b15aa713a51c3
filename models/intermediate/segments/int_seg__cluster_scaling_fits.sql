{# One row per date of a fit and cluster feature: the scaling of every fit so far. #}

select earlier.*
from ({{ earlier_rows(cluster_scaling_columns()) }}) as earlier
left join {{ ref('int_seg__refit_decisions') }} as decisions
    on earlier.as_of_date = decisions.as_of_date
where decisions.as_of_date is null

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
