{#
    One row per id to forget: the requested ones and every id that is linked to one, however many links away.
    A view on purpose: no table of the package holds these ids.
#}
{{ config(materialized='view_in_place') }}

with

requested as (

    select user_id
    from {{ ref('stg_seg__erasure_requests') }}
    where not {{ missing_text('user_id') }}

),

links as (

    select
        user_id,
        alias_id
    from {{ ref('int_seg__identity_links') }}

)

select user_id
from (
    {{ linked_ids('requested', 'links') }}
) as erased
