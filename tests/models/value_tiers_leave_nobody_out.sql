-- One tier reaches down to everybody with revenue, one takes the rest, and more valuable tiers hold fewer.
with

tiers as (

    {{ reference_rows('value_tiers', 'segment_key', ['segment_key', 'tier_rank', 'cumulative_share']) }}

)

select
    max(cumulative_share) as highest_share,
    sum(case when cumulative_share is null then 1 else 0 end) as rest_count
from tiers
having
    {{ reads_rows() }}
    and (
        max(cumulative_share) is distinct from 1
        or sum(case when cumulative_share is null then 1 else 0 end) <> 1
    )

union all

select
    higher_tiers.cumulative_share as highest_share,
    0 as rest_count
from tiers as higher_tiers
inner join tiers as lower_tiers
    on higher_tiers.tier_rank < lower_tiers.tier_rank
where higher_tiers.cumulative_share >= lower_tiers.cumulative_share
