{#
    One row per date of a fit, fitted scheme and segment: which cluster of the fit bears the segment's key, and where it
    came from. A segment without a cluster is retired. An earlier fit's rows are never changed.
#}

{% set columns = segment_version_columns() %}

select
    {{ columns | join(', ') }}
from {{ ref('int_seg__earlier_segment_versions') }}

union all

select
    {{ columns | join(', ') }}
from {{ ref('int_seg__segments_keyed') }}

union all

select
    as_of_date,
    scheme,
    segment_key,
    cast(null as int) as cluster_number,
    segment_name,
    event,
    related_segment_key,
    cast(null as double) as overlap
from {{ ref('int_seg__segments_ended') }}
