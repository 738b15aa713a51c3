{#
    One row per session id of the shop that so many users carry that it cannot be one visit. In a realtime run further ones
    are looked for among the ids of the users to refresh, which are all users of these sessions.
#}
select session_id
from (
    select distinct
        session_id,
        user_id
    from {{ ref('int_seg__events_judged') }}
    where
        reject_reason is null
        and session_id is not null
        and {{ only_users_to_refresh('user_id', source=true) }}
) as session_users
group by session_id
having count(*) > {{ var('seg__max_users_per_shared_id') }}
{% if refreshes_some_users() %}

union

select session_id
from ({{ earlier_rows({'session_id': 'string'}) }}) as earlier
{% endif %}
