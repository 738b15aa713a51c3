{# One row per pair of ids that are the same person: sure enough, and not through a device that many share. #}
{{ config(materialized='view_in_place') }}

with

sure_links as (

    select distinct
        user_id,
        alias_id
    from {{ ref('stg_seg__identities') }}
    where
        user_id <> alias_id
        and not {{ missing_text('user_id') }}
        and not {{ missing_text('alias_id') }}
        -- A link without a confidence is the shop's word: certain.
        and coalesce(match_confidence, 1) between {{ var('seg__identity_confidence') }} and 1

),

shared_aliases as (

    select alias_id
    from sure_links
    group by alias_id
    having count(*) > {{ var('seg__max_users_per_shared_id') }}

)

select
    sure_links.user_id,
    sure_links.alias_id
from sure_links
left join shared_aliases
    on sure_links.alias_id = shared_aliases.alias_id
where shared_aliases.alias_id is null
