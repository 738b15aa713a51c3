{# One row per session id of the shop that so many users carry that it cannot be one visit. #}
select session_id
from (
    select distinct
        session_id,
        user_id
    from {{ ref('int_seg__events_judged') }}
    where reject_reason is null and session_id is not null
) as session_users
group by session_id
having count(*) > {{ var('seg__max_users_per_shared_id') }}
