-- The truth about the users of one batch.

-- One row per user. `expected_orders_per_year` holds on ordinary days at list prices, without churn.
create or replace temp table truth_users as
select
    shoppers.user_id,
    shoppers.shopper_type,
    cast(moment(shoppers.signup_second) as date) as signed_up_on,
    case when shoppers.churn_second < getvariable('end_second')
        then moment(shoppers.churn_second) end as churned_at,
    round(shoppers.visits_per_year, 2) as visits_per_year,
    round(shoppers.visits_per_year * shoppers.intent_share
        * (1 - pow(1 - 0.45, 0.5 + 0.8 * shoppers.basket_size)), 3) as expected_orders_per_year,
    round(shoppers.price_sensitivity, 3) as price_sensitivity,
    round(shoppers.return_share, 3) as return_share,
    favourite.category as favourite_category,
    favourite_product.brand as favourite_brand,
    shoppers.taste_no
from shoppers
inner join categories as favourite
    on shoppers.favourite_category_no = favourite.category_no
inner join products_of_store as favourite_product
    on favourite_product.category_no = shoppers.favourite_category_no
    and favourite_product.position = cast(floor(shoppers.brand_position * favourite.brand_count) as bigint)
where shoppers.signup_second < getvariable('end_second');

-- One row per alias: whose it truly is (null: a public device is nobody's), and where the link can be seen.
create or replace temp table truth_aliases as
with

linked as (

    select alias_id
    from clean_identities
    where match_confidence >= 0.7
    group by alias_id

),

signed_in as (

    -- Both ids in one visit that has a session id.
    select sessions.cookie_id
    from sessions
    inner join clean_events
        on sessions.session_id = clean_events.session_id
    group by sessions.cookie_id, sessions.user_id
    having bool_or(clean_events.user_id = sessions.cookie_id) and bool_or(clean_events.user_id = sessions.user_id)

)

select
    cookies.cookie_id as alias_id,
    cookies.user_id,
    cookies.is_chained,
    linked.alias_id is not null as has_identity,
    cookies.cookie_id in (select cookie_id from signed_in) as has_sign_in
from cookies
left join linked
    on cookies.cookie_id = linked.alias_id

union all

select distinct
    public_cookie_id as alias_id,
    cast(null as varchar) as user_id,
    false as is_chained,
    true as has_identity,
    false as has_sign_in
from shoppers
where public_cookie_id is not null;
