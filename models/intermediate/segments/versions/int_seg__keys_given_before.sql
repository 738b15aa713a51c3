{# One row per fitted scheme and cluster that was new when this date was run before: the key that it was given then. #}

select
    versions.scheme,
    versions.cluster_number,
    versions.segment_key,
    count(*) over (partition by versions.scheme) as cluster_count
from ({{ earlier_rows(segment_version_columns(), model='seg__segment_versions') }}) as versions
inner join {{ ref('int_seg__refit_decisions') }} as decisions
    on versions.as_of_date = decisions.as_of_date
where decisions.is_refit and versions.event in ('created', 'split')
