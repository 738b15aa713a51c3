{#
    One row per accepted event of the users to refresh, and of whoever else has an event of the same id. No row where everybody
    is refreshed.
    Where the last run kept no more events of an id than these users have now, nobody else has one: whoever's events changed is
    refreshed together with all who share an id with them. Where the new events are known, of those who share an id only the one
    whose event was kept is refreshed, and the new events are not counted. So the second reading of the input mostly has nothing
    to look for, and is left out.
#}
{% if not refreshes_some_users() %}
select *
from {{ ref('int_seg__events_judged') }}
where false
-- depends_on: {{ ref('int_seg__users_to_refresh') }}
-- depends_on: {{ ref('int_seg__user_aliases') }}
{% else %}
{% set window = new_rows_window('events') %}
with

of_users as (

    select *
    from {{ ref('int_seg__events_judged') }}
    where
        reject_reason is null
        {% if window %}
        and loaded_at <= cast('{{ window.loaded_until }}' as timestamp)
        {% endif %}
        and {{ only_users_to_refresh('user_id', source=true) }}

),

ids as (

    select
        event_id,
        sum(copies) as copy_count
    from (
        select
            event_id,
            1 as copies
        from of_users

        {% set new = new_rows('events') %}
        {% if new %}
        union all

        select
            event_id,
            -1 as copies
        from {{ new }} as new_events
        where reject_reason is null
        {% endif %}
    ) as copies_of_users
    group by event_id

),

ids_of_others as (

    select ids.event_id
    from ids
    inner join (
        {{ earlier_rows({'event_id': 'string', 'source_input': 'string', 'copy_count': 'bigint'}, 'seg__events') }}
    ) as earlier
        on ids.event_id = earlier.event_id
    where
        earlier.source_input = 'events'
        -- Whoever had the only event of an id is among these users; said so that the engine reads few of all ids.
        and earlier.copy_count > 1
        and earlier.copy_count > ids.copy_count

)

select * from of_users

union all

select *
from {{ ref('int_seg__events_judged') }}
where
    reject_reason is null
    and event_id in (select event_id from ids_of_others)
    and not ({{ only_users_to_refresh('user_id', source=true) }})
{% endif %}
