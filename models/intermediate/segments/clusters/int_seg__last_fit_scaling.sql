{#
    One row per cluster feature: the scaling of the last fit before the as-of date, as this build found it. A fit counts
    once its segments have keys, which are written last: what a build that broke off left behind scores nobody.
#}

with

finished as (

    select versions.as_of_date
    from ({{ earlier_rows({
        'as_of_date': 'date', 'scheme': 'string', 'cluster_number': 'int'
    }, model='seg__segment_versions') }}) as versions
    where versions.cluster_number is not null
    group by versions.as_of_date
    having count(distinct versions.scheme) = {{ fitted_schemes() | length }}

),

fits as (

    select earlier.*
    from ({{ earlier_rows(cluster_scaling_columns(), model='int_seg__cluster_scaling_fits') }}) as earlier
    inner join finished
        on earlier.as_of_date = finished.as_of_date
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
