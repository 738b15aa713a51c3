-- One row per visit. A user visits as a Poisson process of their own rate between sign-up and churn, thinned by
-- the demand calendar; the hour is the type's, shifted by the user's habit.
create or replace temp table sessions as
with

alive as (

    select
        shoppers.*,
        greatest(shoppers.signup_second, getvariable('start_second')) as first_second,
        -- The last two hours stay empty, so that a visit ends before the period does.
        least(shoppers.churn_second, getvariable('end_second') - 7200) as last_second,
        calendar.highest_weight
    from shoppers
    inner join (
        select type_no, max(highest_weight) as highest_weight from demand_days group by type_no
    ) as calendar
        on shoppers.type_no = calendar.type_no

),

counted as (

    select
        *,
        poisson(
            visits_per_year * highest_weight * (last_second - first_second) / (365 * 86400.0),
            normal(bits('visits', user_no))
        ) as candidate_count
    from alive
    where last_second > first_second

),

candidates as (

    select
        user_no,
        unnest(range(1, candidate_count + 1)) as candidate_no
    from counted

),

drawn as (

    select
        counted.user_no,
        counted.type_no,
        counted.first_second,
        counted.last_second,
        counted.hours,
        counted.hour_shift,
        candidates.candidate_no,
        bits('visit', concat_ws('.', candidates.user_no, candidates.candidate_no)) as visit_bits,
        bits('minute', concat_ws('.', candidates.user_no, candidates.candidate_no)) as minute_bits
    from candidates
    inner join counted
        on candidates.user_no = counted.user_no

),

timed as (

    select
        *,
        (first_second - getvariable('start_second')
            + cast(floor((last_second - first_second) * uniform(visit_bits, 0)) as bigint)) // 86400 as day_no,
        (pick(hours, uniform(visit_bits, 1)) + hour_shift + 24) % 24 * 3600
            + cast(floor(3600 * uniform(minute_bits, 0)) as bigint) as second_of_day
    from drawn

),

kept as (

    select
        timed.user_no,
        getvariable('start_second') + timed.day_no * 86400 + timed.second_of_day as visit_second
    from timed
    inner join demand_days
        on timed.type_no = demand_days.type_no
        and timed.day_no = demand_days.day_no
    where uniform(timed.visit_bits, 2) < demand_days.demand_weight / demand_days.highest_weight
        and getvariable('start_second') + timed.day_no * 86400 + timed.second_of_day >= timed.first_second
        and getvariable('start_second') + timed.day_no * 86400 + timed.second_of_day < timed.last_second

    union all

    -- Signing up is itself a visit.
    select user_no, signup_second as visit_second
    from counted
    where signup_second >= getvariable('start_second')

),

spaced as (

    select
        *,
        visit_second - lag(visit_second) over (partition by user_no order by visit_second) as seconds_since_last
    from kept

),

numbered as (

    -- Visits of one user stay two hours apart: 30 minutes of silence always tell them from each other.
    select
        user_no,
        visit_second,
        row_number() over (partition by user_no order by visit_second) as session_no
    from spaced
    where seconds_since_last is null or seconds_since_last > 7200

),

lifted as (

    select
        user_no,
        session_no,
        max(effect) as effect
    from (
        select
            numbered.user_no,
            numbered.session_no,
            enrolments.effect
        from numbered
        inner join enrolments
            on numbered.user_no = enrolments.user_no
            and enrolments.variant = 'treatment'
            and numbered.visit_second >= enrolments.touch_second
            and numbered.visit_second < enrolments.end_second
    ) as effects
    group by user_no, session_no

),

described as (

    select
        numbered.*,
        shoppers.* exclude (user_no),
        coalesce(lifted.effect, 0) as effect,
        bits('basket', concat_ws('.', numbered.user_no, numbered.session_no)) as basket_bits,
        bits('browse', concat_ws('.', numbered.user_no, numbered.session_no)) as browse_bits,
        bits('device', concat_ws('.', numbered.user_no, numbered.session_no)) as device_bits,
        bits('sign-in', concat_ws('.', numbered.user_no, numbered.session_no)) as sign_in_bits,
        bits('order', concat_ws('.', numbered.user_no, numbered.session_no)) as order_bits
    from numbered
    inner join shoppers
        on numbered.user_no = shoppers.user_no
    left join lifted
        on numbered.user_no = lifted.user_no
        and numbered.session_no = lifted.session_no

),

shaped as (

    select
        *,
        (visit_second - getvariable('start_second')) // 604800 as week_no,
        uniform(basket_bits, 0) < intent_share * (1 + effect) as has_intent,
        1 + cast(floor(-(basket_size - 0.5) * ln(uniform(basket_bits, 1))) as bigint) as wanted_count,
        least(9, 1 + poisson(browse_count - 1 + 0.2, normal(browse_bits))) as browsed_count,
        cast(least(180, greatest(4, browse_seconds * (0.5 + uniform(browse_bits, 2)))) as bigint) as pace_seconds
    from described

)

select
    user_no,
    session_no,
    user_id,
    type_no,
    visit_second,
    week_no,
    has_intent,
    case when has_intent then least(6, wanted_count) else 0 end as wanted_count,
    greatest(browsed_count, case when has_intent then least(6, wanted_count) else 1 end) as browsed_count,
    pace_seconds,
    effect,
    case when uniform(device_bits, 0) < mobile_share then 'mobile'
        when uniform(device_bits, 0) < mobile_share + (1 - mobile_share) * 0.85 then 'desktop'
        else 'tablet' end as device,
    pick(channels, uniform(device_bits, 1)) as channel,
    -- The app sends none.
    pick(['Chrome/126', 'Safari/17', 'Edge/125', null, null], uniform(device_bits, 2)) as user_agent,
    -- One visit in eight was recorded without a session id.
    case when uniform(sign_in_bits, 0) >= 0.125 then concat('s', user_no, '.', session_no) end as session_id,
    case
        when public_cookie_id is not null and uniform(sign_in_bits, 2) < 0.25 then public_cookie_id
        when cookie_count > 0 then cookie_id_of(user_no, session_no % cookie_count)
    end as cookie_id,
    -- Before its sign-in a visit is recorded under the cookie: the first one always, others sometimes.
    case
        when public_cookie_id is not null and uniform(sign_in_bits, 2) < 0.25 then 'never'
        when cookie_count = 0 then 'at once'
        when uniform(sign_in_bits, 1) < 0.12 then 'never'
        when session_no = 1 or uniform(sign_in_bits, 1) < 0.45 then 'midway'
        else 'at once'
    end as sign_in,
    abandonment_share,
    return_share,
    price_sensitivity,
    favourite_share,
    favourite_category_no,
    second_category_no,
    category_numbers,
    brand_position,
    taste_no,
    order_bits,
    basket_bits
from shaped;
