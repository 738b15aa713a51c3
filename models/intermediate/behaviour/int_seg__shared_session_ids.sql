{#
    One row per session id of the shop that so many users carry that it cannot be one visit. In a realtime run further ones
    are looked for among the events of the users to refresh, who are all users of their sessions.
#}
{% set rows_of_users = ref('int_seg__events_to_clean') %}
select session_id
from (
    select distinct
        session_id,
        user_id
    from {{ rows_of_users if refreshes_some_users() else ref('int_seg__events_judged') }}
    where reject_reason is null and session_id is not null
) as session_users
group by session_id
having count(*) > {{ var('seg__max_users_per_shared_id') }}
{% if refreshes_some_users() %}

union

select session_id
from ({{ earlier_rows({'session_id': 'string'}) }}) as earlier
{% endif %}
