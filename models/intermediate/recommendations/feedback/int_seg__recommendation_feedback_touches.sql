{#
    One row per touch before the as-of date that concerns a recommended product: what was shown, clicked or redeemed. Users
    of whom only bots are known are left out; a control group's touch that names no strategy showed nothing.
#}

with

bots as (

    select user_id
    from {{ ref('seg__sessions') }}
    group by user_id
    having min(case when is_bot then 1 else 0 end) = 1

),

as_of_dates as (

    select as_of_date
    from {{ ref('int_seg__as_of_dates') }}
    where split = 'scoring'

)

select
    touches.touch_id,
    touches.user_id,
    touches.product_id,
    touches.campaign_id,
    as_of_dates.as_of_date,
    touches.touched_at,
    touches.touch_type,
    coalesce(nullif(lower(trim(touches.strategy)), ''), nullif(lower(trim(touches.variant)), ''), 'unknown')
        as strategy,
    touches.position,
    -- 0: the position is not known, a place of its own.
    cast(least(coalesce(touches.position, 0), {{ var('seg__max_feedback_positions') }}) as int) as place,
    touches.propensity
from {{ ref('int_seg__campaign_touches_kept') }} as touches
inner join as_of_dates
    on touches.touched_at < cast(as_of_dates.as_of_date as timestamp)
left join bots
    on touches.user_id = bots.user_id
where
    touches.touch_type in ('impression', 'click', 'redeem')
    and touches.product_id is not null
    and bots.user_id is null
    and (
        touches.touch_type <> 'impression'
        or touches.strategy is not null
        or lower(trim(touches.variant)) is distinct from 'control'
    )
