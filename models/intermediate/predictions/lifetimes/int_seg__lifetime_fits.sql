{# One row per as-of date: the parameters of BG/NBD (days) and Gamma-Gamma (shop currency); null where a fit failed. #}
select
    cast(as_of_date as date) as as_of_date,
    {% for name in ['r', 'alpha', 'a', 'b', 'p', 'q', 'v'] %}
    cast(max(case when parameter_name = '{{ name }}' and is_converged then parameter_value end) as double) as {{ name }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('ml_seg__lifetime_fits') }}
group by as_of_date
