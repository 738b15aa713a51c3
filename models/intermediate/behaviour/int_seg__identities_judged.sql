{# One row per row of the input `identities`, with why it is rejected, if it is. #}
{{ config(materialized='view_in_place') }}

with

erased_users as (

    select user_id from {{ ref('int_seg__erased_users') }}

),

usable_links as (

    select
        user_id,
        alias_id
    from {{ ref('int_seg__identity_links') }}

)

select
    identities.*,
    identities.user_id || ' = ' || identities.alias_id as link_id,
    case
        when erased_users.user_id is not null or erased_aliases.user_id is not null then 'erased'
        when {{ missing_text('identities.user_id') }} then 'missing_user_id'
        when {{ missing_text('identities.alias_id') }} then 'missing_alias_id'
        when {{ is_outside('identities.match_confidence', 0, 1) }} then 'impossible_match_confidence'
        when identities.match_confidence < {{ var('seg__identity_confidence') }} then 'low_match_confidence'
        when identities.user_id = identities.alias_id then 'links_an_id_to_itself'
        when usable_links.user_id is null then 'alias_shared_by_many_users'
    end as reject_reason
from {{ ref('stg_seg__identities') }} as identities
left join erased_users
    on identities.user_id = erased_users.user_id
left join erased_users as erased_aliases
    on identities.alias_id = erased_aliases.user_id
left join usable_links
    on
        identities.user_id = usable_links.user_id
        and identities.alias_id = usable_links.alias_id
