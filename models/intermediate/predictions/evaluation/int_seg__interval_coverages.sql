{{ config(materialized='ephemeral') }}
{#
    The share of the outcomes of the test window that 80 % intervals hold, one row per target and model: coverage_80.
    Rounded like the scores that the intervals are made of: the row that sets the width lies inside.
#}
select
    evaluated.target_name,
    evaluated.model_name,
    evaluated.is_baseline,
    evaluated.split,
    'coverage_80' as metric_name,
    {{ ratio(
        'sum(case when ' ~ interval_score(
            'evaluated.actual', 'evaluated.prediction', 'intervals.mean_actual',
            is_probability_target('evaluated.target_name')
        ) ~ ' <= intervals.width then 1 else 0 end)',
        'count(*)'
    ) }} as metric_value,
    count(*) as row_count
from {{ ref('int_seg__predictions_evaluated') }} as evaluated
inner join {{ ref('int_seg__prediction_intervals') }} as intervals
    on
        evaluated.target_name = intervals.target_name
        and evaluated.model_name = intervals.model_name
        and intervals.fit_name = 'report'
        and {{ is_in_band('evaluated.prediction', 'intervals') }}
where evaluated.split = 'test'
group by evaluated.target_name, evaluated.model_name, evaluated.is_baseline, evaluated.split
