{# One row per target, model, fit and feature: the coefficients that the Python fit returned, typed. #}
select
    cast(as_of_date as date) as as_of_date,
    cast(target_name as string) as target_name,
    cast(model_name as string) as model_name,
    cast(fit_name as string) as fit_name,
    case when target_name = 'will_order' then 'logistic' else 'identity' end as link,
    cast(feature_name as string) as feature_name,
    cast(coefficient as double) as coefficient,
    cast(importance as double) as importance,
    cast(row_count as bigint) as row_count
from {{ ref('ml_seg__linear_fits') }}
