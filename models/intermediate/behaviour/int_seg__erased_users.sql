{#
    One row per id to forget: the requested ones and every id that is linked to one, up to 16 links away.
    A view on purpose: no table of the package holds these ids.
#}
{{ config(materialized='view_in_place') }}

{% set hops = 16 %}

with

requested as (

    select distinct user_id
    from {{ ref('stg_seg__erasure_requests') }}
    where not {{ missing_text('user_id') }}

),

links as (

    select
        user_id,
        alias_id
    from {{ ref('int_seg__identity_links') }}

),

neighbours as (

    select
        user_id as from_id,
        alias_id as to_id
    from links

    union all

    select
        alias_id as from_id,
        user_id as to_id
    from links

),

reached_0 as (

    select user_id from requested

),

{% for hop in range(1, hops + 1) %}
reached_{{ hop }} as (

    select user_id from reached_{{ hop - 1 }}

    union

    select neighbours.to_id as user_id
    from reached_{{ hop - 1 }}
    inner join neighbours
        on reached_{{ hop - 1 }}.user_id = neighbours.from_id

){{ ',' if not loop.last }}

{% endfor %}

select user_id from reached_{{ hops }}
