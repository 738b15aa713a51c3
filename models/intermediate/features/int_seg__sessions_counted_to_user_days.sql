{#
    One row per user and day with a session that is no bot's. A session counts for a user on the user's first day in it, one
    with a purchase on the day of its first purchase: who signs in after midnight has had one session, not a purchase
    without any.
#}
{{ config(materialized='ephemeral') }}

with

first_days as (

    select
        session_id,
        user_id,
        min(event_date) as first_date
    from {{ ref('int_seg__session_days') }}
    where {{ only_users_to_refresh('user_id') }}
    group by session_id, user_id

)

select
    session_days.user_id,
    session_days.event_date as activity_date,
    sum(case when session_days.event_date = first_days.first_date then 1 else 0 end) as session_count,
    sum(case
        when session_days.event_date = sessions.first_purchase_date then 1 else 0
    end) as purchase_session_count,
    sum(case when session_days.cart_add_count > 0 then 1 else 0 end) as cart_session_count,
    sum(case
        when session_days.cart_add_count > 0 and session_days.purchase_count = 0 then 1 else 0
    end) as abandoned_session_count,
    sum(cast(session_days.browse_seconds as decimal(18, 3))) as browse_seconds
from {{ ref('int_seg__session_days') }} as session_days
inner join first_days
    on
        session_days.session_id = first_days.session_id
        and session_days.user_id = first_days.user_id
inner join {{ ref('int_seg__sessions_summed') }} as sessions
    on session_days.session_id = sessions.session_id
left join {{ ref('int_seg__sessions_judged') }} as bots
    on session_days.session_id = bots.session_id
where
    bots.session_id is null
    and {{ only_users_to_refresh('session_days.user_id') }}
group by session_days.user_id, session_days.event_date
