{#
    One row per accepted event, in its session.

    The shop's own session id is respected. Without one, an event continues the session of the user's previous
    event, whatever made that, unless `seg__session_gap_minutes` of silence lie between; ids are resolved
    before, so signing in splits nothing.
#}
{{ config(materialized='by_user', meta={'is_kept_beside': true}) }}

with

events as (

    select
        events.*,
        case when shared_session_ids.session_id is null then events.session_id end as shop_session_id
    from {{ ref('int_seg__events_with_purchases') }} as events
    left join {{ ref('int_seg__shared_session_ids') }} as shared_session_ids
        on events.session_id = shared_session_ids.session_id

),

-- Sorting is what costs here: only the columns that it needs, and only of users with an event that lacks an id.
users_to_sort as (

    select distinct user_id
    from events
    where shop_session_id is null

),

timed as (

    select
        events.event_id,
        events.user_id,
        events.occurred_at,
        events.shop_session_id,
        lag(events.occurred_at) over (
            partition by events.user_id order by events.occurred_at, events.event_id
        ) as previous_at,
        row_number() over (
            partition by events.user_id order by events.occurred_at, events.event_id
        ) as event_number
    from events
    inner join users_to_sort
        on events.user_id = users_to_sort.user_id

),

-- Times and numbers only grow along the window, so the latest is the largest; `last_value ignore nulls` looks back
-- event by event, which takes minutes for a user with a million of them.
sequenced as (

    select
        *,
        max(
            case
                when
                    previous_at is null
                    or {{ seconds_between('previous_at', 'occurred_at') }} > 60 * {{ var('seg__session_gap_minutes') }}
                    then occurred_at
            end
        ) over (
            partition by user_id order by occurred_at, event_id
            rows between unbounded preceding and current row
        ) as visit_started_at,
        max(case when shop_session_id is not null then event_number end) over (
            partition by user_id order by occurred_at, event_id
            rows between unbounded preceding and current row
        ) as latest_shop_event_number
    from timed

),

shop_session_events as (

    select *
    from timed
    where shop_session_id is not null

),

found_sessions as (

    select
        sequenced.event_id,
        case
            when latest_shop_events.occurred_at >= sequenced.visit_started_at then latest_shop_events.shop_session_id
            else sequenced.user_id || ' @ ' || cast(sequenced.visit_started_at as string)
        end as session_id
    from sequenced
    left join shop_session_events as latest_shop_events
        on
            sequenced.user_id = latest_shop_events.user_id
            and sequenced.latest_shop_event_number = latest_shop_events.event_number
    where sequenced.shop_session_id is null

)

select
    cast(events.event_id as string) as event_id,
    cast(events.user_id as string) as user_id,
    cast(events.source_user_id as string) as source_user_id,
    cast(coalesce(events.shop_session_id, found_sessions.session_id) as string) as session_id,
    cast(events.product_id as string) as product_id,
    cast(events.occurred_at as timestamp) as occurred_at,
    cast(events.occurred_at as date) as event_date,
    cast(events.event_type as string) as event_type,
    cast(events.channel as string) as channel,
    cast(events.device as string) as device,
    cast(events.user_agent as string) as user_agent,
    cast(events.search_text as string) as search_text,
    cast(events.price as decimal(18, 4)) as price,
    cast(events.quantity as bigint) as quantity,
    cast(events.duration_seconds as double) as duration_seconds,
    cast(events.source_input as string) as source_input,
    cast(events.copy_count as bigint) as copy_count
from events
left join found_sessions
    on events.event_id = found_sessions.event_id
