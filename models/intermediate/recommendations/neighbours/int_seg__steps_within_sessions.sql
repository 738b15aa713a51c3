{#
    One row per user, product and another that the user aimed at later in the same session, with the first such day: what was
    looked at before what was bought, in the order of time. Ties of time say nothing: what is bought at once is no step. A session
    is bounded to the products that came last.
#}

{% set products_per_session = 10 %}

with

users as (

    select distinct
        user_id,
        user_number
    from {{ ref('int_seg__recommendation_users') }}
    where is_teaching

),

products as (

    select distinct
        product_id,
        product_number
    from {{ ref('int_seg__recommendable_products') }}

),

aims as (

    select
        users.user_id,
        users.user_number,
        products.product_number,
        signals.activity_date
    from {{ ref('int_seg__product_signals') }} as signals
    inner join users
        on signals.user_id = users.user_id
    inner join products
        on signals.product_id = products.product_id
    where signals.is_target = 1

),

-- Sessions of other days hold no step.
aiming_days as (

    select distinct
        user_id,
        user_number,
        activity_date
    from aims

),

dealings as (

    select
        events.session_id,
        aiming_days.user_number,
        aiming_days.activity_date,
        products.product_number,
        min(events.occurred_at) as first_at,
        max(events.occurred_at) as last_at
    from {{ ref('seg__events') }} as events
    inner join aiming_days
        on
            events.user_id = aiming_days.user_id
            and events.event_date = aiming_days.activity_date
    inner join products
        on events.product_id = products.product_id
    left join {{ ref('int_seg__sessions_judged') }} as bot_sessions
        on events.session_id = bot_sessions.session_id
    where bot_sessions.session_id is null
    group by events.session_id, aiming_days.user_number, aiming_days.activity_date, products.product_number

),

numbered as (

    select
        dealings.*,
        aims.user_number is not null as is_aim,
        row_number() over (
            partition by dealings.session_id, dealings.user_number, dealings.activity_date
            order by dealings.last_at desc, dealings.product_number asc
        ) as place
    from dealings
    left join aims
        on
            dealings.user_number = aims.user_number
            and dealings.product_number = aims.product_number
            and dealings.activity_date = aims.activity_date

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
    and afterwards.is_aim
group by before.user_number, before.product_number, afterwards.product_number
