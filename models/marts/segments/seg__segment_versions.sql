{#
    One row per date of a fit and segment: which cluster of the fit bears the segment's key, and where it came from. A
    cluster that is matched to a segment of the last fit takes over its key and name; one that is not has a key that
    was never used; a segment without a cluster is retired. An earlier fit's rows are never changed.
#}

{% set columns = {
    'as_of_date': 'date', 'scheme': 'string', 'segment_key': 'string', 'cluster_number': 'int',
    'segment_name': 'string', 'event': 'string', 'related_segment_key': 'string', 'overlap': 'double'
} %}

with

decision as (

    select *
    from {{ ref('int_seg__refit_decisions') }}

),

earlier as (

    select earlier_rows.*
    from ({{ earlier_rows(columns) }}) as earlier_rows
    left join decision
        on earlier_rows.as_of_date = decision.as_of_date
    where decision.as_of_date is null

),

last_versions as (

    select earlier.*
    from earlier
    inner join decision
        on earlier.as_of_date = decision.last_fitted_as_of_date
    where earlier.cluster_number is not null and decision.is_refit

),

highest_number as (

    select coalesce(max(cast(replace(segment_key, 'kmeans_', '') as int)), 0) as number
    from earlier

),

shared as (

    select
        cluster_overlaps.cluster_number,
        cluster_overlaps.last_segment_key,
        cluster_overlaps.user_count,
        row_number() over (
            partition by cluster_overlaps.cluster_number order by cluster_overlaps.user_count desc, cluster_overlaps.last_segment_key asc
        ) as last_rank,
        row_number() over (
            partition by cluster_overlaps.last_segment_key order by cluster_overlaps.user_count desc, cluster_overlaps.cluster_number asc
        ) as cluster_rank,
        {{ ratio('cluster_overlaps.user_count', 'sum(cluster_overlaps.user_count) over (partition by cluster_overlaps.cluster_number)') }}
            as cluster_share,
        {{ ratio('cluster_overlaps.user_count', 'sum(cluster_overlaps.user_count) over (partition by cluster_overlaps.last_segment_key)') }}
            as last_share
    from {{ ref('int_seg__cluster_overlaps') }} as cluster_overlaps

),

matches as (

    select
        cast(cluster_number as int) as cluster_number,
        cast(last_segment_key as string) as last_segment_key,
        cast(overlap as double) as overlap
    from {{ ref('ml_seg__cluster_matches') }}

),

clusters as (

    select
        decision.as_of_date,
        centroids.cluster_number,
        matches.last_segment_key,
        matches.overlap,
        names.segment_name as new_name,
        last_versions.segment_name as last_name,
        origins.last_segment_key as origin_key,
        row_number() over (
            partition by case when matches.last_segment_key is null then 1 else 0 end
            order by centroids.cluster_number
        ) as free_number
    from {{ ref('int_seg__cluster_centroids') }} as centroids
    inner join decision
        on centroids.as_of_date = decision.as_of_date
    inner join {{ ref('int_seg__cluster_names') }} as names
        on centroids.cluster_number = names.cluster_number
    left join matches
        on centroids.cluster_number = matches.cluster_number
    left join last_versions
        on matches.last_segment_key = last_versions.segment_key
    {# Split off: most of its users were in a segment that lives on elsewhere. #}
    left join shared as origins
        on
            centroids.cluster_number = origins.cluster_number
            and origins.last_rank = 1
            and origins.cluster_share > 0.5
    where decision.is_refit

),

keyed as (

    select
        clusters.as_of_date,
        clusters.cluster_number,
        coalesce(
            clusters.last_segment_key,
            'kmeans_' || cast(highest_number.number + clusters.free_number as string)
        ) as segment_key,
        coalesce(clusters.last_name, clusters.new_name) as name,
        clusters.last_name,
        clusters.last_segment_key,
        clusters.origin_key,
        clusters.overlap
    from clusters
    cross join highest_number

),

named as (

    select
        *,
        row_number() over (
            partition by name
            order by case when last_name is null then 1 else 0 end, cluster_number
        ) as name_copy
    from keyed

),

retired as (

    select
        decision.as_of_date,
        last_versions.segment_key,
        last_versions.segment_name,
        heirs.last_share,
        named.segment_key as heir_key
    from last_versions
    cross join decision
    left join named as followers
        on last_versions.segment_key = followers.segment_key
    {# Merged: most of its users are in a segment now that was there before or is new. #}
    left join shared as heirs
        on
            last_versions.segment_key = heirs.last_segment_key
            and heirs.cluster_rank = 1
            and heirs.last_share > 0.5
    left join named
        on heirs.cluster_number = named.cluster_number
    where followers.segment_key is null

)

select
    {{ columns | join(', ') }}
from earlier

union all

select
    as_of_date,
    'kmeans' as scheme,
    segment_key,
    cluster_number,
    {# The number of the key was never used before, so the name is free as well. #}
    case when name_copy = 1 then name else name || ' (' || replace(segment_key, 'kmeans_', '') || ')' end
        as segment_name,
    case
        when last_segment_key is not null then 'kept'
        when origin_key is not null then 'split'
        else 'created'
    end as event,
    coalesce(last_segment_key, origin_key) as related_segment_key,
    overlap
from named

union all

select
    as_of_date,
    'kmeans' as scheme,
    segment_key,
    cast(null as int) as cluster_number,
    segment_name,
    case when heir_key is not null then 'merged' else 'retired' end as event,
    heir_key as related_segment_key,
    cast(null as double) as overlap
from retired
