-- Input `campaign_touches`: the impressions of experiments and of the campaign (the control group's too, marked by
-- its variant: nothing was shown, but the day counts), what followed from them, and recommendations shown in visits, with
-- the place in the list and how probable the product was there.
create or replace temp table clean_campaign_touches as
with

followed as (

    select
        *,
        bits('reaction', concat(experiment_key, user_no)) as reaction_bits,
        unnest(['impression', 'open', 'click']) as touch_type
    from enrolments

),

contacts as (

    select
        concat('t', upper(substr(experiment_key, 1, 1)), user_no, substr(touch_type, 1, 1)) as touch_id,
        user_id,
        moment(touch_second
            + case touch_type when 'impression' then 0 when 'open' then 1800 else 1830 end) as touched_at,
        touch_type,
        campaign_id,
        experiment_id,
        variant,
        cast(null as varchar) as product_id,
        case when variant = 'treatment' then coupon_id end as coupon_id,
        case when touch_type = 'impression' and variant = 'treatment' then cast(contact_cost as double) end as cost,
        cast(null as varchar) as strategy,
        cast(null as integer) as position,
        cast(null as double) as propensity
    from followed
    where touch_type = 'impression'
        or (variant = 'treatment' and experiment_key = 'spring'
            and uniform(reaction_bits, 0) < case touch_type when 'open' then 0.4 else 0.12 end)

),

redeemed as (

    select
        concat('tR', orders.user_no, '.', orders.session_no) as touch_id,
        orders.user_id,
        moment(orders.ordered_second) as touched_at,
        'redeem' as touch_type,
        enrolments.campaign_id,
        enrolments.experiment_id,
        enrolments.variant,
        cast(null as varchar) as product_id,
        orders.coupon_id,
        cast(null as double) as cost,
        cast(null as varchar) as strategy,
        cast(null as integer) as position,
        cast(null as double) as propensity
    from orders
    inner join enrolments
        on orders.user_no = enrolments.user_no
        and orders.coupon_id = enrolments.coupon_id

),

shown as (

    -- Half of the recommendations go with what is looked at, half are best sellers.
    select
        considerations.user_no,
        considerations.session_no,
        considerations.user_id,
        considerations.view_second + 3 as shown_second,
        bits('show', concat_ws('.', considerations.user_no, considerations.session_no)) as show_bits,
        products_of_store.together_product_no
    from considerations
    inner join products_of_store
        on considerations.product_no = products_of_store.product_no
    inner join sessions
        on considerations.user_no = sessions.user_no
        and considerations.session_no = sessions.session_no
    where considerations.slot = 1 and sessions.sign_in = 'at once'

),

chosen as (

    select
        *,
        case when uniform(show_bits, 1) < 0.5 then 'related' else 'popular' end as strategy,
        uniform(bits('show click', concat_ws('.', user_no, session_no)), 0) as click_draw
    from shown
    where uniform(show_bits, 0) < 0.12

),

recommended as (

    select
        chosen.*,
        chosen.click_draw < recommendation_strategies.click_rate as is_clicked,
        case
            when chosen.strategy = 'related' then chosen.together_product_no
            else cast(floor(24 * uniform(chosen.show_bits, 2)) as bigint)
        end as product_no
    from chosen
    inner join recommendation_strategies
        on chosen.strategy = recommendation_strategies.strategy

),

-- The place is drawn backwards, given whether there was a click: both together are as likely as drawn the other way round.
placed as (

    select
        *,
        list_extract(
            [1, 2, 3, 4],
            1 + cast(list_sum(list_transform(
                case when is_clicked then place_shares_if_clicked else place_shares_if_not end,
                lambda share_up_to: case when place_draw >= share_up_to then 1 else 0 end
            )) as bigint)
        ) as position
    from (
        select
            recommended.*,
            uniform(bits('show place', concat_ws('.', recommended.user_no, recommended.session_no)), 0) as place_draw,
            drawn.place_shares_if_clicked,
            drawn.place_shares_if_not
        from recommended
        inner join recommendation_draws as drawn
            on recommended.strategy = drawn.strategy
    ) as drawing

),

-- Related products name one product, best sellers one of 24; a product may be both.
logged as (

    select
        placed.*,
        round(
            case when placed.product_no = placed.together_product_no then related.strategy_propensity else 0 end
            + case when placed.product_no < 24 then popular.strategy_propensity / 24 else 0 end,
            6
        ) as propensity
    from placed
    inner join recommendation_places as related
        on placed.position = related.position and related.strategy = 'related'
    inner join recommendation_places as popular
        on placed.position = popular.position and popular.strategy = 'popular'

),

touched as (

    select
        *,
        unnest(['impression', 'click']) as touch_type
    from logged

),

recommendations as (

    select
        concat('tS', user_no, '.', session_no, substr(touch_type, 1, 1)) as touch_id,
        user_id,
        moment(shown_second + case touch_type when 'impression' then 0 else 8 end) as touched_at,
        touch_type,
        'cmp-recs' as campaign_id,
        cast(null as varchar) as experiment_id,
        strategy as variant,
        product_id_of(product_no) as product_id,
        cast(null as varchar) as coupon_id,
        cast(null as double) as cost,
        strategy,
        position,
        case when touch_type = 'impression' then propensity end as propensity
    from touched
    where touch_type = 'impression' or is_clicked

)

select
    *,
    next_load(touched_at) as loaded_at
from (
    select * from contacts
    union all
    select * from redeemed
    union all
    select * from recommendations
) as touches;

-- A touch after the period has not happened yet.
delete from clean_campaign_touches
where touched_at >= moment(getvariable('end_second'));

create or replace temp table dirty_campaign_touches as
select
    picked.* replace (
        case when dirt_kind = 'exact_duplicate' then touch_id else concat(touch_id, 'd') end as touch_id,
        case when dirt_kind <> 'missing_user_id' then user_id end as user_id,
        case when dirt_kind = 'epoch_time' then timestamp '1970-01-01 00:00:00' else touched_at end as touched_at,
        case when dirt_kind = 'unknown_touch_type' then 'bounce?' else touch_type end as touch_type
    )
from (
    select
        clean.*,
        dirt_kinds.dirt_kind
    from (
        select *, uniform(bits('dirt', touch_id), 0) as dirt_share from clean_campaign_touches
    ) as clean
    inner join dirt_kinds
        on dirt_kinds.input_name = 'campaign_touches'
        and clean.dirt_share >= dirt_kinds.share_from
        and clean.dirt_share < dirt_kinds.share_up_to
) as picked;

create or replace temp table campaign_touches as
select * from clean_campaign_touches
union all
select * exclude (dirt_share, dirt_kind) from dirty_campaign_touches;

insert into dirt
select 'campaign_touches', dirt_kind, touch_id from dirty_campaign_touches;
