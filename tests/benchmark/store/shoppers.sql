-- One row per user of the batch: who they truly are. Nothing here is given to the shop as it is.
create or replace temp table shoppers as
with

numbered as (

    select
        user_no,
        bits('type', user_no) as type_bits,
        bits('life', user_no) as life_bits,
        bits('rate', user_no) as rate_bits,
        bits('intent', user_no) as intent_bits,
        bits('taste', user_no) as taste_bits,
        bits('brand', user_no) as brand_bits,
        bits('habit', user_no) as habit_bits,
        bits('cookie', user_no) as cookie_bits
    from range(getvariable('first_user'), getvariable('last_user') + 1) as numbers (user_no)

),

typed as (

    select
        numbered.*,
        shopper_types.* exclude (share, share_up_to),
        shopper_tastes.category_numbers,
        shopper_tastes.channels,
        shopper_rhythms.hours
    from numbered
    inner join (
        select *, lag(share_up_to, 1, 0) over (order by type_no) as share_from
        from shopper_types
    ) as shopper_types
        on uniform(numbered.type_bits, 0) >= shopper_types.share_from
        and uniform(numbered.type_bits, 0) < shopper_types.share_up_to
    inner join shopper_tastes
        on shopper_types.type_no = shopper_tastes.type_no
    inner join shopper_rhythms
        on shopper_types.type_no = shopper_rhythms.type_no

),

signed_up as (

    -- Three in ten signed up in the two years before the period; the rest spread evenly over it.
    select
        *,
        getvariable('start_second') + cast(floor(86400 * case
            when uniform(life_bits, 0) < 0.3 then -730 * uniform(life_bits, 1)
            else (getvariable('day_count') - 1) * uniform(life_bits, 1)
        end) as bigint) as signup_second
    from typed

)

select
    user_no,
    user_id_of(user_no) as user_id,
    type_no,
    shopper_type,
    signup_second,
    -- No type ages: the chance to leave is the same every day (exponential lifetime).
    signup_second + 3600 + cast(floor(-86400 * lifetime_days * ln(uniform(life_bits, 2))) as bigint) as churn_second,
    visits_per_year * gamma_of_shape_two(rate_bits) as visits_per_year,
    least(0.7, intent_share * exp(0.3 * normal(intent_bits) - 0.045)) as intent_share,
    basket_size,
    least(7.0, browse_count * exp(0.2 * (uniform(habit_bits, 0) - 0.5) * 3.5)) as browse_count,
    browse_seconds * exp(0.35 * (uniform(habit_bits, 1) - 0.5) * 3.5) as browse_seconds,
    cast(round(3 * (uniform(habit_bits, 2) + uniform(rate_bits, 2) - 1)) as bigint) as hour_shift,
    abandonment_share,
    least(0.5, return_share * 2 * uniform(intent_bits, 2)) as return_share,
    least(0.95, price_sensitivity * (0.4 + 1.2 * uniform(taste_bits, 2))) as price_sensitivity,
    least(0.97, favourite_share * (0.7 + 0.6 * uniform(type_bits, 1))) as favourite_share,
    mobile_share,
    hours,
    channels,
    category_numbers,
    pick(category_numbers, uniform(taste_bits, 0)) as favourite_category_no,
    pick(category_numbers, uniform(taste_bits, 1)) as second_category_no,
    -- 0 = the cheapest brand of every category, 1 = the dearest.
    case when uniform(brand_bits, 1) < 0.75
        then least(0.999, greatest(0.0, brand_level - 0.25 + 0.4 * uniform(brand_bits, 0)))
        else uniform(brand_bits, 0) end as brand_position,
    cast(floor(4 * uniform(brand_bits, 2)) as bigint) as taste_no,
    -- Half of the users have no cookie of their own, a third has one, the others two.
    case when uniform(cookie_bits, 0) < 0.5 then 0 when uniform(cookie_bits, 0) < 0.84 then 1 else 2 end
        as cookie_count,
    -- Users of one public device share its cookie: one device per 2,000 users, 40 users each.
    case when user_no % 50 = 17 then 'pub' || user_no // 2000 end as public_cookie_id,
    cookie_bits
from signed_up;

-- Who is in which experiment and variant, from when. All who signed up before the start may be enrolled.
create or replace temp table enrolments as
select
    shoppers.user_no,
    shoppers.user_id,
    experiments.experiment_key,
    experiments.experiment_id,
    experiments.campaign_id,
    experiments.coupon_id,
    experiments.contact_cost,
    case when uniform(bits(experiments.experiment_id, shoppers.user_no), 0) < experiments.control_share
        then 'control' else 'treatment' end as variant,
    experiments.start_second
        + cast(floor(86400 * uniform(bits(experiments.experiment_id, shoppers.user_no), 2)) as bigint) as touch_second,
    experiments.end_second,
    coalesce(experiments.effect, campaign_uplifts.uplift) as effect
from shoppers
inner join experiments
    on shoppers.signup_second < experiments.start_second
    and uniform(bits(experiments.experiment_id, shoppers.user_no), 1) < experiments.enrolled_share
inner join campaign_uplifts
    on shoppers.type_no = campaign_uplifts.type_no;
