{#
    One row per id to forget: the requested ones and every id that is linked to one, up to 16 links away.
    A view on purpose: no table of the package holds these ids.
#}
{{ config(materialized='view_in_place') }}

{% set hops = 16 %}

with

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

    select distinct user_id
    from {{ ref('stg_seg__erasure_requests') }}
    where not {{ missing_text('user_id') }}

),

-- Links go both ways, so a neighbour is at most one link nearer or further: to leave out the last two steps leaves out all
-- before. Where a step reaches nobody, the next ones look nothing up.
{% for hop in range(1, hops + 1) %}
reached_{{ hop }} as (

    select distinct neighbours.to_id as user_id
    from reached_{{ hop - 1 }} as nearer
    inner join neighbours
        on nearer.user_id = neighbours.from_id
    where
        neighbours.to_id not in (select user_id from reached_{{ hop - 1 }})
        {% if hop > 1 %}
        and neighbours.to_id not in (select user_id from reached_{{ hop - 2 }})
        {% endif %}

),

{% endfor %}
reached as (

    {% for hop in range(hops + 1) %}
    select user_id from reached_{{ hop }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

-- Nobody is reached twice, but with that said the database knows that a row has one match here at most, and plans for it.
select distinct user_id from reached
