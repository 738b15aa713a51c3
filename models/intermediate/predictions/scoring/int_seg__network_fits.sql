{# One row per target, fit and weight: the networks that the Python fit returned, typed. #}
select
    cast(as_of_date as date) as as_of_date,
    cast(target_name as string) as target_name,
    cast(model_name as string) as model_name,
    cast(fit_name as string) as fit_name,
    cast(link as string) as link,
    cast(layer as string) as layer,
    cast(unit_number as int) as unit_number,
    cast(feature_name as string) as feature_name,
    cast(weight as double) as weight,
    cast(row_count as bigint) as row_count
from {{ ref('ml_seg__network_fits') }}
