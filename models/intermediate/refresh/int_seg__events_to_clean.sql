{#
    One row per accepted event of the users to refresh, and of whoever has an event of the same id. No row where everybody is
    refreshed.
#}
select *
from {{ ref('int_seg__events_judged') }}
where
    {% if refreshes_some_users() %}
    reject_reason is null
    and event_id in (
        select event_id
        from {{ ref('int_seg__events_judged') }}
        where reject_reason is null and {{ only_users_to_refresh('user_id', source=true) }}
    )
    {% else %}
    false
    {% endif %}
-- depends_on: {{ ref('int_seg__users_to_refresh') }}
-- depends_on: {{ ref('int_seg__user_aliases') }}
