{# One row per fitted scheme and segment of the last fit that no cluster of a new one follows, and where its users went. #}

select
    decisions.as_of_date,
    last_versions.scheme,
    last_versions.segment_key,
    last_versions.segment_name,
    case when heirs.segment_key is not null then 'merged' else 'retired' end as event,
    heirs.segment_key as related_segment_key
from {{ ref('int_seg__earlier_segment_versions') }} as last_versions
cross join {{ ref('int_seg__refit_decisions') }} as decisions
left join {{ ref('int_seg__segments_keyed') }} as followers
    on last_versions.segment_key = followers.segment_key
{# Merged: most of its users are in a segment now that was there before or is new. #}
left join {{ ref('int_seg__overlap_shares') }} as shares
    on
        last_versions.scheme = shares.scheme
        and last_versions.segment_key = shares.last_segment_key
        and shares.cluster_rank = 1
        and shares.last_share > 0.5
left join {{ ref('int_seg__segments_keyed') }} as heirs
    on
        shares.scheme = heirs.scheme
        and shares.cluster_number = heirs.cluster_number
where last_versions.is_last and last_versions.cluster_number is not null and followers.segment_key is null
