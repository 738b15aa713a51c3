{# One row per cluster feature: the scaling of the last fit before the as-of date, as this build found it. #}

with

fits as (

    select fits.*
    from ({{ earlier_rows(cluster_scaling_columns(), model='int_seg__cluster_scaling_fits') }}) as fits
    inner join {{ ref('int_seg__as_of_dates') }} as as_of_dates
        on fits.as_of_date < as_of_dates.as_of_date
    where as_of_dates.split = 'scoring'

)

select fits.*
from fits
inner join (select max(as_of_date) as as_of_date from fits) as latest
    on fits.as_of_date = latest.as_of_date
