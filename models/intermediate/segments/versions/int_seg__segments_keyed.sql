{#
    One row per fitted scheme and cluster of a new fit: the key and the name that it bears. One that is matched to a
    segment of the last fit takes over both; any other has a key that was never used, or, where the date was run before
    and as many clusters were new, the key that it was given then.
#}

with

decision as (

    select *
    from {{ ref('int_seg__refit_decisions') }}
    where is_refit

),

earlier as (

    select * from {{ ref('int_seg__earlier_segment_versions') }}

),

highest_numbers as (

    select
        scheme,
        max(cast(replace(segment_key, scheme || '_', '') as int)) as number
    from earlier
    group by scheme

),

given_before as (

    select * from {{ ref('int_seg__keys_given_before') }}

),

matches as (

    select
        cast(scheme as string) as scheme,
        cast(cluster_number as int) as cluster_number,
        cast(last_segment_key as string) as last_segment_key,
        cast(overlap as double) as overlap
    from {{ ref('ml_seg__cluster_matches') }}

),

clusters as (

    select
        decision.as_of_date,
        names.scheme,
        names.cluster_number,
        matches.last_segment_key,
        matches.overlap,
        names.segment_name as new_name,
        last_versions.segment_name as last_name,
        living_origins.last_segment_key as origin_key,
        row_number() over (
            partition by names.scheme, case when matches.last_segment_key is null then 1 else 0 end
            order by names.cluster_number
        ) as free_number
    from {{ ref('int_seg__cluster_means') }} as means
    inner join decision
        on means.as_of_date = decision.as_of_date
    inner join {{ ref('int_seg__cluster_names') }} as names
        on
            means.scheme = names.scheme
            and means.cluster_number = names.cluster_number
    left join matches
        on
            names.scheme = matches.scheme
            and names.cluster_number = matches.cluster_number
    left join earlier as last_versions
        on
            matches.scheme = last_versions.scheme
            and matches.last_segment_key = last_versions.segment_key
            and last_versions.is_last
    {# Split off: most of its users were in a segment that lives on elsewhere. #}
    left join {{ ref('int_seg__overlap_shares') }} as origins
        on
            names.scheme = origins.scheme
            and names.cluster_number = origins.cluster_number
            and origins.last_rank = 1
            and origins.cluster_share > 0.5
    left join matches as living_origins
        on
            origins.scheme = living_origins.scheme
            and origins.last_segment_key = living_origins.last_segment_key
    where names.scheme <> 'node'

),

counted as (

    select
        *,
        sum(case when last_segment_key is null then 1 else 0 end) over (partition by scheme) as new_count
    from clusters

),

keyed as (

    select
        clusters.*,
        coalesce(
            clusters.last_segment_key,
            {# All of them or none: a key must not be given twice. #}
            case
                when
                    clusters.new_count = count(given_before.segment_key) over (
                        partition by clusters.scheme, case when clusters.last_segment_key is null then 1 else 0 end
                    )
                    and clusters.new_count = given_before.cluster_count
                    then given_before.segment_key
            end,
            clusters.scheme || '_'
            || cast(coalesce(highest_numbers.number, 0) + clusters.free_number as string)
        ) as segment_key,
        coalesce(clusters.last_name, clusters.new_name) as name
    from counted as clusters
    left join highest_numbers
        on clusters.scheme = highest_numbers.scheme
    left join given_before
        on
            clusters.scheme = given_before.scheme
            and clusters.cluster_number = given_before.cluster_number

),

named as (

    select
        *,
        row_number() over (
            partition by scheme, name
            order by case when last_name is null then 1 else 0 end, cluster_number
        ) as name_copy
    from keyed

)

select
    as_of_date,
    scheme,
    segment_key,
    cluster_number,
    {# The number of the key was never used before, so the name is free as well. #}
    case when name_copy = 1 then name else name || ' (' || replace(segment_key, scheme || '_', '') || ')' end
        as segment_name,
    case
        when last_segment_key is not null then 'kept'
        when origin_key is not null then 'split'
        else 'created'
    end as event,
    coalesce(last_segment_key, origin_key) as related_segment_key,
    overlap
from named
