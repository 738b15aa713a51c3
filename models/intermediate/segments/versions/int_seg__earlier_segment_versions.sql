{# One row per date of a fit, fitted scheme and segment: what earlier builds said, this date apart. #}

select
    earlier.*,
    decisions.is_refit and earlier.as_of_date = decisions.last_fitted_as_of_date as is_last
from ({{ earlier_rows(segment_version_columns(), model='seg__segment_versions') }}) as earlier
left join {{ ref('int_seg__refit_decisions') }} as decisions
    on true
where earlier.as_of_date is distinct from decisions.as_of_date
