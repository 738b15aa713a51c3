-- Input `campaign_touches`: the impressions of experiments and of the campaign (the control group's too, marked by
-- its variant: nothing was shown, but the day counts), what followed from them, and recommendations shown in visits.
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
        case when touch_type = 'impression' and variant = 'treatment' then cast(contact_cost as double) end as cost
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
        cast(null as double) as cost
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

recommended as (

    select
        *,
        uniform(show_bits, 1) < 0.5 as is_related,
        unnest(['impression', 'click']) as touch_type
    from shown
    where uniform(show_bits, 0) < 0.12

),

recommendations as (

    select
        concat('tS', user_no, '.', session_no, substr(touch_type, 1, 1)) as touch_id,
        user_id,
        moment(shown_second + case touch_type when 'impression' then 0 else 8 end) as touched_at,
        touch_type,
        'cmp-recs' as campaign_id,
        cast(null as varchar) as experiment_id,
        case when is_related then 'related' else 'popular' end as variant,
        product_id_of(case when is_related then together_product_no
            else cast(floor(24 * uniform(show_bits, 2)) as bigint) end) as product_id,
        cast(null as varchar) as coupon_id,
        cast(null as double) as cost
    from recommended
    where touch_type = 'impression'
        or uniform(bits('show click', concat_ws('.', user_no, session_no)), 0)
            < case when is_related then 0.16 else 0.06 end

)

select * from contacts
union all
select * from redeemed
union all
select * from recommendations;

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
