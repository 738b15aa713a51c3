{#
    One row per cut group of the tree that serves: its segment's key and name, and whether the segment stands under its own
    key where groups are published.
#}

with

published as (

    select distinct
        scheme,
        segment_key
    from {{ ref('int_seg__published_user_segments') }}

)

select
    versions.scheme,
    versions.cluster_number,
    versions.segment_key,
    versions.segment_name,
    published.segment_key is not null as is_published
from {{ ref('seg__segment_versions') }} as versions
left join published
    on
        versions.scheme = published.scheme
        and versions.segment_key = published.segment_key
where
    versions.scheme in ('hierarchical', 'hierarchical_coarse')
    and versions.cluster_number is not null
    and versions.as_of_date in (select as_of_date from {{ ref('int_seg__hierarchy_nodes') }})
