{# One row per method, component and feature: how the features combine into few directions. #}
select
    as_of_dates.as_of_date,
    component_fits.method,
    component_fits.component_number,
    component_fits.feature_name,
    component_fits.loading,
    component_fits.explained_variance_share,
    component_fits.row_count
from {{ ref('int_seg__component_fits') }} as component_fits
inner join {{ ref('int_seg__as_of_dates') }} as as_of_dates
    on as_of_dates.split = 'scoring'
