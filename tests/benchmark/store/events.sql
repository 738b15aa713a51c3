-- Input `events`: what the shop's tracker recorded.
create or replace temp table clean_events as
with

looked as (

    select
        *,
        bits('act', concat_ws('.', user_no, session_no, slot)) as act_bits
    from considerations

),

acts as (

    select
        user_no, session_no, slot, 'v' as act, 'view' as event_type, view_second as second,
        product_no, shown_price as price, null as quantity, duration_seconds
    from looked

    union all

    select
        user_no, session_no, slot, 'w', 'wishlist', view_second + duration_seconds // 2,
        product_no, null, null, null
    from looked
    where uniform(act_bits, 0) < 0.025

    union all

    -- What was wanted but not bought is often left in the cart; without intent it happens now and then.
    select
        looked.user_no, looked.session_no, looked.slot, 'c', 'cart_add', looked.view_second + looked.duration_seconds,
        looked.product_no, looked.shown_price, looked.quantity, null
    from looked
    inner join sessions
        on looked.user_no = sessions.user_no
        and looked.session_no = sessions.session_no
    where looked.is_bought
        or uniform(looked.act_bits, 1) < sessions.abandonment_share * case when looked.may_buy then 1 else 0.15 end

    union all

    select
        looked.user_no, looked.session_no, looked.slot, 'r', 'cart_remove',
        looked.view_second + looked.duration_seconds + 2,
        looked.product_no, null, looked.quantity, null
    from looked
    inner join sessions
        on looked.user_no = sessions.user_no
        and looked.session_no = sessions.session_no
    where not looked.is_bought
        and uniform(looked.act_bits, 1)
            < 0.25 * sessions.abandonment_share * case when looked.may_buy then 1 else 0.15 end

    union all

    select
        user_no, session_no, 0, 'k', 'checkout', ordered_second - 15, null, null, null, null
    from orders

    union all

    select
        user_no, session_no, slot, 'p', 'purchase', ordered_second, product_no, shown_price, quantity, null
    from bought_products

),

searched as (

    select
        looked.user_no,
        looked.session_no,
        sessions.visit_second - 5 as second,
        case
            when uniform(looked.act_bits, 2) < 0.03 then lower(products_of_store.category)
            when uniform(looked.act_bits, 2) < 0.05 then '"' || lower(products_of_store.brand) || '"'
            when uniform(looked.act_bits, 2) < 0.055 then 'best gift 🎁 under 50'
            else lower(products_of_store.brand)
        end as search_text
    from looked
    inner join sessions
        on looked.user_no = sessions.user_no
        and looked.session_no = sessions.session_no
    inner join products_of_store
        on looked.product_no = products_of_store.product_no
    where looked.slot = 1 and uniform(looked.act_bits, 2) < 0.15

),

everything as (

    select *, null as search_text from acts

    union all

    select user_no, session_no, 0, 's', 'search', second, null, null, null, null, search_text from searched

),

identified as (

    select
        *,
        concat('e', user_no, '.', session_no, '.', slot, act) as event_id
    from everything

),

marked as (

    select
        *,
        bits('event', event_id) as event_bits
    from identified

)

select
    marked.event_id,
    case
        when marked.act in ('p', 'k') or sessions.sign_in = 'at once' then sessions.user_id
        when sessions.sign_in = 'never' and orders.order_id is null then sessions.cookie_id
        when marked.second < sessions.visit_second + sessions.pace_seconds * greatest(1, sessions.browsed_count // 2)
            then sessions.cookie_id
        else sessions.user_id
    end as user_id,
    -- Trackers of different pages do not agree on a spelling.
    case
        when uniform(marked.event_bits, 0) >= 0.015 then marked.event_type
        when marked.event_type = 'view' then pick(['page_view', 'View', ' VIEW '], uniform(marked.event_bits, 1))
        when marked.event_type = 'cart_add' then pick(['add_to_cart', 'Cart_Add'], uniform(marked.event_bits, 1))
        else upper(marked.event_type)
    end as event_type,
    moment(marked.second) as occurred_at,
    product_id_of(marked.product_no) as product_id,
    sessions.session_id,
    cast(marked.price as double) as price,
    cast(marked.quantity as bigint) as quantity,
    cast(marked.duration_seconds as bigint) as duration_seconds,
    sessions.channel,
    sessions.device,
    sessions.user_agent,
    marked.search_text,
    case when getvariable('are_event_loads_told') then next_load(moment(marked.second)) end as loaded_at,
    uniform(marked.event_bits, 2) as dirt_share
from marked
inner join sessions
    on marked.user_no = sessions.user_no
    and marked.session_no = sessions.session_no
left join orders
    on marked.user_no = orders.user_no
    and marked.session_no = orders.session_no;

-- Crawlers name themselves; rate bots look like people but for their pace. Neither has an account.
create or replace temp table robots as
with

numbered as (

    select
        user_no,
        user_no % 1000 = 500 as is_crawler,
        bits('robot', user_no) as robot_bits
    from range(getvariable('first_user'), getvariable('last_user') + 1) as numbers (user_no)
    where user_no % 1000 in (500, 700)

),

paced as (

    select
        *,
        getvariable('start_second') + cast(floor(
            (getvariable('end_second') - getvariable('start_second') - 86400) * uniform(robot_bits, 0)
        ) as bigint) as start_second,
        unnest(range(1, case when is_crawler then 90 else 240 end + 1)) as step
    from numbered

)

select
    concat('e', case when is_crawler then 'x' else 'y' end, user_no, '.', step) as event_id,
    concat(case when is_crawler then 'crawler' else 'visitor' end, user_no) as user_id,
    'view' as event_type,
    moment(start_second + step * case when is_crawler then 30 else 2 end) as occurred_at,
    product_id_of((user_no + step * 7) % getvariable('product_count')) as product_id,
    concat('sx', user_no) as session_id,
    cast(null as double) as price,
    cast(null as bigint) as quantity,
    1 as duration_seconds,
    'direct' as channel,
    'desktop' as device,
    case
        when is_crawler then pick(
            ['Googlebot/2.1', 'bingbot/2.0', 'python-requests/2.31', 'AhrefsBot/7.0'], uniform(robot_bits, 1))
        else 'Chrome/126'
    end as user_agent,
    cast(null as varchar) as search_text,
    case
        when getvariable('are_event_loads_told')
            then next_load(moment(start_second + step * case when is_crawler then 30 else 2 end))
    end as loaded_at
from paced;

create or replace temp table dirty_events as
select
    picked.* replace (
        case
            when dirt_kind in ('exact_duplicate', 'near_duplicate') then event_id
            when dirt_kind <> 'missing_event_id' then concat(event_id, 'd')
        end as event_id,
        case when dirt_kind <> 'missing_user_id' then user_id end as user_id,
        case when dirt_kind = 'near_duplicate' then upper(event_type) else event_type end as event_type,
        case dirt_kind
            when 'near_duplicate' then occurred_at + interval 2 second
            when 'future_time' then occurred_at + interval 75 year
            when 'epoch_time' then timestamp '1970-01-01 00:00:00'
            when 'missing_time' then null
            else occurred_at
        end as occurred_at,
        case when dirt_kind = 'shared_session_id' then 'undefined' else session_id end as session_id,
        case dirt_kind when 'negative_price' then -5 when 'absurd_price' then 99999999999 else price end as price,
        case dirt_kind when 'zero_quantity' then 0 else quantity end as quantity
    )
from (
    select
        clean_events.*,
        dirt_kinds.dirt_kind
    from clean_events
    inner join dirt_kinds
        on dirt_kinds.input_name = 'events'
        and clean_events.dirt_share >= dirt_kinds.share_from
        and clean_events.dirt_share < dirt_kinds.share_up_to
) as picked;

create or replace temp view events as
select * exclude (dirt_share) from clean_events
union all
select * from robots
union all
select * exclude (dirt_share, dirt_kind) from dirty_events;

insert into dirt
select 'events', dirt_kind, coalesce(event_id, concat(user_id, ' ', occurred_at)) from dirty_events
union all
select 'events', case when user_id like 'crawler%' then 'crawler' else 'rate_bot' end, event_id from robots
union all
select 'events', 'odd_event_type', event_id from clean_events
where event_type not in ('view', 'wishlist', 'cart_add', 'cart_remove', 'checkout', 'purchase', 'search');
