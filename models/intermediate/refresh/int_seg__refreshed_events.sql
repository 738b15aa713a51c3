{#
    One row per event of the users to refresh, in its session; no row where everybody is refreshed. What else is made anew of
    these users' events reads them here: to find them among all takes a scan each time.
#}
select *
from {{ ref('seg__events') }}
where {{ only_users_to_refresh('user_id') if refreshes_some_users() else 'false' }}
-- depends_on: {{ ref('int_seg__users_to_refresh') }}
