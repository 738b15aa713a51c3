-- An invented shop as the tables that the recommendation models read, cleaned and counted already.
-- Filled in: {users}, {products}, {events}. Random numbers are hashes: the same shop every time.

create macro uniform(key, purpose) as (hash(key, purpose) % 1000000007) / 1000000007.0;

create table int_seg__as_of_dates as
select * from (values
    (date '2026-01-02', 'validation', date '2026-04-02', 90),
    (date '2026-04-02', 'test', date '2026-07-01', 90),
    (date '2026-07-01', 'scoring', null, 90)
) as dates (as_of_date, split, label_until_date, horizon_days);

create table int_seg__outcome_windows as
select horizon_days, 90 as window_days, as_of_date, label_until_date, split from int_seg__as_of_dates;

-- Forty tastes, each a category. The lower the number, the more popular: few products sell much, most hardly.
create table seg__products as
select
    'p' || number as product_id,
    'Brand' || hash(number, 'brand') % 500 || ' word' || hash(number, 'word') % 5000 || ' ' || number as product_name,
    'category ' || number % 40 as category,
    'Brand' || hash(number, 'brand') % 500 as brand,
    'With term' || hash(number, 'first') % 3000 || ' and term' || hash(number, 'second') % 3000 as description,
    cast(5 + hash(number, 'price') % 100 as decimal(18, 4)) as list_price,
    cast(null as decimal(18, 4)) as unit_cost,
    cast(hash(number, 'stock') % 50 as bigint) as stock_on_hand,
    true as is_listed,
    false as is_service
from range({products}) as numbers (number);

-- A thing that a user thought about on a day is 1.74 events, as in the demo store. Few users are here often.
create table considerations as
with drawn as (
    select
        number,
        cast(floor({users} * power(uniform(number, 'user'), 1.5)) as bigint) as user_number,
        uniform(number, 'favourite') < 0.35 as is_favourite,
        cast(floor(6 * power(uniform(number, 'which'), 2)) as bigint) as favourite
    from range(cast({events} / 1.74 as bigint)) as numbers (number)
),
keyed as (
    select
        *,
        case when is_favourite then hash(user_number, favourite) else hash(number, 'product') end as product_key,
        -- Sessions of about three products.
        hash(user_number, cast(floor(uniform(number, 'session') * ceil(
            {events} / 1.74 / 3 * (power((user_number + 1) / {users}, 2 / 3.0) - power(user_number / {users}, 2 / 3.0))
        )) as bigint)) as session_key
    from drawn
),
placed as (
    select
        *,
        cast(floor({products} * power(uniform(product_key, 'popularity'), 3)) as bigint) as place,
        hash(user_number, uniform(product_key, 'taste') < 0.5) % 40 as taste,
        uniform(user_number, 'joined') * 650 as joined_day
    from keyed
)
select
    number,
    user_number,
    'u' || user_number as user_id,
    -- Seven in ten are of one of the user's two tastes.
    'p' || case
        when uniform(product_key, 'own taste') < 0.7 then least(place - place % 40 + taste, {products} - 1)
        else place
    end as product_id,
    date '2026-06-30' - cast(floor((730 - joined_day) * uniform(session_key, 'day')) as integer) as activity_date,
    case when uniform(number, 'bought') < case when is_favourite then 0.3 else 0.1 end then 1 else 0 end as order_count,
    case when uniform(number, 'cart') < 0.2 then 1 else 0 end as cart_add_count
from placed;

create table int_seg__user_product_days as
select
    user_id,
    product_id,
    activity_date,
    cast(count(*) as bigint) as view_count,
    cast(0 as bigint) as click_count,
    cast(sum(cart_add_count) as bigint) as cart_add_count,
    cast(0 as bigint) as cart_remove_count,
    cast(0 as bigint) as wishlist_count,
    cast(sum(order_count) as bigint) as order_count,
    cast(sum(order_count) as bigint) as unit_count,
    cast(0 as bigint) as returned_unit_count
from considerations
group by all;

create table int_seg__reviews_kept as
select
    'r' || number as review_id,
    user_id,
    product_id,
    cast(activity_date as timestamp) as reviewed_at,
    cast(null as varchar) as review_text,
    cast(1 + floor(5 * power(uniform(number, 'rating'), 0.5)) as double) as rating
from considerations
where order_count > 0 and uniform(number, 'reviewed') < 0.05;

create table int_seg__users as
select
    'u' || number as user_id,
    uniform(number, 'consent') < 0.7 as has_marketing_consent
from range({users}) as numbers (number);

create table seg__user_features as
select
    users.user_id,
    dates.as_of_date,
    'category ' || hash(cast(substr(users.user_id, 2) as bigint), true) % 40 as favourite_category
from int_seg__users as users
cross join int_seg__as_of_dates as dates;

drop table considerations;

-- Nothing was recommended yet, nobody is in a published segment, no product has an embedding.
create table int_seg__campaign_touches_kept (
    touch_id varchar, user_id varchar, product_id varchar, campaign_id varchar, touched_at timestamp, touch_type varchar,
    strategy varchar, variant varchar, position bigint, propensity double
);
create table seg__sessions (user_id varchar, is_bot boolean);
create table seg__order_lines (
    order_line_id varchar, user_id varchar, product_id varchar, ordered_at timestamp, is_return boolean,
    is_cancelled boolean
);
create table int_seg__published_user_segments (
    user_id varchar, as_of_date date, scheme varchar, segment_key varchar, segment_name varchar
);
create table int_seg__product_embeddings (product_id varchar, dimension integer, value double);

-- A session a day: each product once within half an hour, and what is bought once more half an hour later.
create table seg__events as
select
    user_id,
    user_id || ' ' || activity_date as session_id,
    product_id,
    activity_date as event_date,
    activity_date + to_seconds(cast(28800 + hash(user_id, product_id) % 1800 + step * 1800 as bigint)) as occurred_at
from int_seg__user_product_days
cross join (values (0), (1)) as steps (step)
where step = 0 or order_count > 0;
create table int_seg__sessions_judged (session_id varchar);
