{# On a split that is measured, both baselines are measured too. #}
select
    target_name,
    split
from {{ ref('seg__model_metrics') }}
group by target_name, split
having
    count(distinct case when not is_baseline then model_name end) > 0
    and (
        count(distinct case when model_name = 'constant' then model_name end) <> 1
        or count(distinct case when model_name = 'same_as_before' then model_name end) <> 1
    )
