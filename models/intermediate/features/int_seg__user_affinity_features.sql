{# One row per user and as-of date with a known category or brand: breadth and favourites. #}
{{ config(materialized='by_user', meta={'users': 'int_seg__users_to_measure'}) }}

with

-- Two group-bys and a join: a window over all these rows would sort them, which takes several times as long.
totals as (

    select
        user_id,
        as_of_date,
        attribute,
        sum(cast(affinity as decimal(28, 8))) as affinity,
        max(affinity) as highest_affinity
    from {{ ref('int_seg__user_affinities') }}
    where {{ only_users_to_refresh('user_id', 'int_seg__users_to_measure') }}
    group by user_id, as_of_date, attribute

),

shared as (

    select
        affinities.*,
        {{ ratio('affinities.affinity', 'totals.affinity') }} as affinity_share,
        affinities.affinity > 0 and affinities.affinity = totals.highest_affinity as is_favourite
    from {{ ref('int_seg__user_affinities') }} as affinities
    inner join totals
        on
            affinities.user_id = totals.user_id
            and affinities.as_of_date = totals.as_of_date
            and affinities.attribute = totals.attribute
    where {{ only_users_to_refresh('affinities.user_id', 'int_seg__users_to_measure') }}

)

select
    shared.user_id,
    shared.as_of_date,
    -- Of several that are liked alike the first by name.
    min(case when shared.attribute = 'category' and shared.is_favourite then shared.attribute_value end)
        as favourite_category,
    min(case when shared.attribute = 'brand' and shared.is_favourite then shared.attribute_value end)
        as favourite_brand,
    sum(case when shared.attribute = 'category' and shared.affinity > 0 then 1 else 0 end) as category_count,
    {{ exact_sum("case
        when shared.attribute = 'category' and shared.affinity_share > 0
            then -1 * shared.affinity_share * ln(shared.affinity_share)
    end") }} as category_entropy,
    max(case when shared.attribute = 'category' then shared.affinity_share end) as favourite_category_share,
    max(case when shared.attribute = 'brand' then shared.affinity_share end) as favourite_brand_share
from shared
group by shared.user_id, shared.as_of_date
