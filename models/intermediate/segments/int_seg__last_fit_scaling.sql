{# One row per cluster feature: the scaling of the last fit before the as-of date, as this build found it. #}

with

fits as (

    select earlier.*
    from ({{ earlier_rows(cluster_scaling_columns(), model='int_seg__cluster_scaling_fits') }}) as earlier
    inner join {{ ref('int_seg__as_of_dates') }} as as_of_dates
        on earlier.as_of_date < as_of_dates.as_of_date
    where as_of_dates.split = 'scoring'

),

latest as (

    select max(as_of_date) as as_of_date
    from fits

)

select fits.*
from fits
inner join latest
    on fits.as_of_date = latest.as_of_date
