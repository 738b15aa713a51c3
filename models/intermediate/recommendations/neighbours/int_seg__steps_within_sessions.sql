{#
    One row per user, product and another that the user aimed at later in the same session, with the first such day: what was
    looked at before what was bought, in the order of time. Ties of time say nothing: what is bought at once is no step. A session
    is bounded to the products that came last. No row unless `seg__next_within_sessions`.
#}

{% set products_per_session = 10 %}

with

-- Sessions of other days hold no step.
aiming_days as (

    select distinct
        user_number,
        activity_date
    from {{ ref('int_seg__teaching_signals') }}
    where is_target = 1 and {{ 'true' if var('seg__next_within_sessions') else 'false' }}

),

signals as (

    select signals.*
    from {{ ref('int_seg__teaching_signals') }} as signals
    inner join aiming_days
        on
            signals.user_number = aiming_days.user_number
            and signals.activity_date = aiming_days.activity_date

),

dealings as (

    select
        events.session_id,
        signals.user_number,
        signals.activity_date,
        signals.product_number,
        signals.is_target,
        min(events.occurred_at) as first_at,
        max(events.occurred_at) as last_at
    from {{ ref('seg__events') }} as events
    inner join signals
        on
            events.user_id = signals.user_id
            and events.product_id = signals.product_id
            and events.event_date = signals.activity_date
    left join {{ ref('int_seg__sessions_judged') }} as bots
        on events.session_id = bots.session_id
    where bots.session_id is null
    group by events.session_id, signals.user_number, signals.activity_date, signals.product_number, signals.is_target

),

numbered as (

    select
        *,
        row_number() over (
            partition by session_id, user_number, activity_date
            order by last_at desc, product_number asc
        ) as place
    from dealings

)

select
    before.user_number,
    before.product_number,
    afterwards.product_number as next_product_number,
    min(afterwards.activity_date) as activity_date
from numbered as before
inner join numbered as afterwards
    on
        before.session_id = afterwards.session_id
        and before.user_number = afterwards.user_number
        and before.activity_date = afterwards.activity_date
        and before.product_number <> afterwards.product_number
        and before.first_at < afterwards.last_at
where
    before.place <= {{ products_per_session }}
    and afterwards.place <= {{ products_per_session }}
    and afterwards.is_target = 1
group by before.user_number, before.product_number, afterwards.product_number
