{# One row per as-of date, lifetime model and parameter: how buyers order again, leave and spend, in a few numbers. #}
select
    cast(as_of_date as date) as as_of_date,
    cast(model_name as string) as model_name,
    cast(parameter_name as string) as parameter_name,
    cast(parameter_value as double) as parameter_value,
    cast(log_likelihood as double) as log_likelihood,
    cast(customer_count as bigint) as customer_count,
    cast(fallback_reason as string) as fallback_reason,
    cast(is_converged as boolean) as is_converged,
    cast(is_at_limit as boolean) as is_at_limit
from {{ ref('ml_seg__lifetime_fits') }}
