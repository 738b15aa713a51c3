-- What the whole store shares: shopper types, categories, products, prices by week, the demand calendar,
-- experiments. Every number that a model could be asked to find again is stated here.

-- How each type of shopper behaves. Rates are per year of 365 days, shares are 0-1, lifetimes in days.
create or replace temp table shopper_types as
select
    *,
    -- Summed in thousandths, exactly: the last one is 1.
    sum(cast(round(1000 * share) as bigint)) over (order by type_no) / 1000.0 as share_up_to
from (
    values
    (1, 'loyal_enthusiast',        0.14, 12.0, 0.58, 2.7, 2.8, 1500, 0.25, 0.05, 0.10, 0.50,  65, 0.65, 1.10),
    (2, 'bargain_hunter',          0.20,  9.0, 0.30, 2.4, 3.2, 1000, 0.50, 0.10, 0.65, 0.30,  40, 0.80, 0.15),
    (3, 'gift_buyer',              0.15,  5.5, 0.55, 2.6, 2.6, 1200, 0.30, 0.18, 0.25, 0.12,  50, 0.30, 0.70),
    (4, 'window_shopper',          0.20, 10.0, 0.06, 1.5, 3.5,  800, 0.45, 0.08, 0.20, 0.35,  95, 0.85, 0.50),
    (5, 'one_category_specialist', 0.13,  7.0, 0.58, 2.2, 2.0, 1300, 0.20, 0.03, 0.08, 0.92,  80, 0.15, 0.85),
    (6, 'convenience_buyer',       0.18, 14.0, 0.62, 1.6, 1.3,  110, 0.15, 0.06, 0.15, 0.30,  20, 0.50, 0.55)
) as types (
    type_no, shopper_type, share, visits_per_year, intent_share, basket_size, browse_count, lifetime_days,
    abandonment_share, return_share, price_sensitivity, favourite_share, browse_seconds, mobile_share,
    brand_level
);

-- When they come: hours are quantiles (each listed hour is equally likely), weekdays weigh Monday to Sunday,
-- `holiday_lift` is how far demand rises above normal at the yearly peak in December.
create or replace temp table shopper_rhythms as
select * from (
    values
    (1, [8, 12, 17, 18, 19, 19, 20, 20, 20, 21, 21, 22], [1.0, 1.0, 1.0, 1.0, 0.9, 1.1, 1.2], 0.4),
    (2, [9, 11, 12, 12, 12, 13, 13, 13, 14, 14, 18, 20], [1.5, 1.3, 1.1, 1.0, 0.8, 0.6, 0.6], 0.3),
    (3, [10, 13, 14, 14, 15, 15, 16, 16, 17, 17, 18, 20], [0.6, 0.6, 0.7, 0.8, 1.0, 1.9, 1.7], 3.0),
    (4, [0, 0, 1, 2, 20, 21, 22, 22, 23, 23, 23, 23],    [0.9, 0.9, 0.9, 1.0, 1.3, 1.3, 0.9], 0.2),
    (5, [5, 6, 6, 6, 7, 7, 7, 8, 8, 9, 10, 19],          [1.1, 1.1, 1.1, 1.1, 1.0, 0.8, 0.6], 0.1),
    (6, [9, 9, 10, 10, 11, 11, 14, 15, 15, 16, 16, 17],  [1.3, 1.3, 1.2, 1.2, 1.2, 0.4, 0.3], 0.2)
) as rhythms (type_no, hours, weekday_weights, holiday_lift);

-- What they like: categories are drawn from the list, each entry equally likely. Channels likewise.
create or replace temp table shopper_tastes as
select * from (
    values
    (1, [0, 0, 1, 2, 2, 3, 4, 4, 5, 9],       ['direct', 'direct', 'email', 'email', 'search']),
    (2, [1, 2, 2, 3, 5, 6, 6, 7, 10, 11],     ['email', 'ads', 'ads', 'search', 'social']),
    (3, [4, 4, 5, 7, 7, 7, 8, 8, 0, 2],       ['search', 'search', 'ads', 'direct']),
    (4, [2, 2, 2, 3, 3, 4, 4, 5, 0, 8],       ['social', 'social', 'social', 'ads', 'direct']),
    (5, [0, 1, 3, 5, 6, 8, 9, 9, 10, 11],     ['direct', 'direct', 'search']),
    (6, [6, 6, 11, 11, 5, 8, 1, 10, 4, 9],    ['search', 'search', 'search', 'ads'])
) as tastes (type_no, category_numbers, channels);

-- The campaign multiplies the chance that a visit has the intent to buy by 1 + uplift, for its treated users.
create or replace temp table campaign_uplifts as
select * from (
    values (1, 0.0), (2, 0.8), (3, 0.3), (4, 0.5), (5, -0.4), (6, 0.0)
) as uplifts (type_no, uplift);

-- Units bought follow (price / list price) ** elasticity. `goes_with` is the category of the product that is
-- bought together with one of this category, `leads_to` the one bought at a later visit.
create or replace temp table categories as
select
    *,
    (getvariable('product_count') - category_no + 11) // 12 as product_count
from (
    values
    (0,  'Electronics',   8, 240.0, 0.62, -1.8, 0.02, 1,  8),
    (1,  'Accessories',   7,  28.0, 0.45, -1.2, 0.05, 0,  9),
    (2,  'Fashion',       8,  55.0, 0.48, -1.9, 0.05, 3,  4),
    (3,  'Shoes',         6,  80.0, 0.52, -1.6, 0.04, 2,  9),
    (4,  'Beauty',        7,  24.0, 0.40, -0.9, 0.35, 11, 2),
    (5,  'Home & Living', 6,  65.0, 0.50, -1.4, 0.05, 6, 10),
    (6,  'Kitchen',       6,  45.0, 0.50, -1.1, 0.15, 5,  4),
    (7,  'Toys',          6,  30.0, 0.48, -1.5, 0.04, 8,  0),
    (8,  'Books',         8,  16.0, 0.58, -0.7, 0.02, 7,  6),
    (9,  'Sports',        6,  70.0, 0.50, -1.3, 0.08, 3,  1),
    (10, 'Garden',        5,  38.0, 0.52, -1.0, 0.10, 5, 11),
    (11, 'Pets',          5,  21.0, 0.55, -0.5, 0.40, 10, 4)
) as named (
    category_no, category, brand_count, typical_price, cost_share, elasticity, repeat_share, goes_with, leads_to
);

-- Products are numbered by arithmetic, so that a choice needs no search: product_no = position * 12 + category_no,
-- position = place_in_brand * brand_count + brand_no, and a low position is a popular product. Brand 0 is the
-- cheapest of its category. The numbers drawn here never depend on the week: list prices are constant.
create or replace temp table products_of_store as
with

numbered as (

    select
        product_no,
        product_no % 12 as category_no,
        product_no // 12 as position,
        bits('price', product_no) as price_bits,
        bits('quality', product_no) as quality_bits,
        bits('stock', product_no) as stock_bits,
        bits('cost', product_no) as cost_bits
    from range(getvariable('product_count')) as numbers (product_no)

),

placed as (

    select
        numbered.*,
        categories.* exclude (category_no, product_count),
        numbered.position % categories.brand_count as brand_no,
        numbered.position // categories.brand_count as place_in_brand,
        complement.product_count as complement_count,
        next_category.product_count as next_count
    from numbered
    inner join categories
        on numbered.category_no = categories.category_no
    inner join categories as complement
        on categories.goes_with = complement.category_no
    inner join categories as next_category
        on categories.leads_to = next_category.category_no

)

select
    product_no,
    category_no,
    category,
    position,
    brand_no,
    place_in_brand,
    pick(['Aura', 'Belo', 'Cori', 'Dune', 'Elva', 'Fjor', 'Gala', 'Hexa', 'Iris', 'Juno', 'Kivo', 'Lumo'],
        (category_no + 0.5) / 12)
        || pick(['basic', 'day', 'co', 'line', 'works', 'ist', 'lux', 'prime'], (brand_no + 0.5) / 8) as brand,
    elasticity,
    repeat_share,
    round(typical_price * (0.6 + 0.8 * brand_no / (brand_count - 1)) * exp(0.3 * normal(price_bits)), 2)
        as list_price,
    round(typical_price * (0.6 + 0.8 * brand_no / (brand_count - 1)) * exp(0.3 * normal(price_bits))
        * (cost_share + 0.1 * (uniform(cost_bits, 0) - 0.5)), 2) as unit_cost,
    round(0.6 * normal(quality_bits) + 0.3 * (brand_no - 2.5) / 2.5, 2) as quality,
    case when uniform(stock_bits, 0) < 0.06 then 0
        else cast(floor(400 * uniform(stock_bits, 1) / (1 + place_in_brand)) as bigint) + 1 end as stock_on_hand,
    pick([2, 3, 5, 7, 7, 14, 21, 30], uniform(stock_bits, 2)) as lead_time_days,
    goes_with + 12 * ((5 * position + 2) % complement_count) as together_product_no,
    leads_to + 12 * ((7 * position + 3) % next_count) as next_product_no
from placed
order by product_no;

-- The shop reprices whole categories week by week and puts single products on promotion (macro below). Neither
-- looks at demand, so price is a clean experiment on quantity.
create or replace temp table category_weeks as
select
    category_no,
    week_no,
    pick([0.95, 0.98, 1.0, 1.0, 1.03, 1.08],
        uniform(bits('level', concat_ws('.', category_no, week_no)), 0)) as price_level
from categories
cross join range(getvariable('day_count') // 7 + 1) as weeks (week_no);

create or replace macro promotion_of(product_no, week_no) as
    pick([0, 0, 0, 0, 0, 0, 0, 0.1, 0.2, 0.3],
        uniform(bits('promotion', concat_ws('.', product_no, week_no)), 0));

-- The chance that a considered product is bought at list price; the highest elasticity at the deepest price
-- (0.95 * 0.7 of list) multiplies it by 2.17, so it must stay below 0.46.
create or replace macro chance_to_buy(price_ratio, elasticity) as
    0.45 * pow(price_ratio, elasticity);

-- One row per parameter of the yearly course that all types share.
create or replace temp table seasonality as
select * from (
    values
    ('trend_per_year', 0.12, 'log growth of demand per 365 days'),
    ('yearly_swing', 0.12, 'height of the yearly cosine wave, share of demand'),
    ('peak_day_of_year', 345, 'day of the year of the wave and of the December peak'),
    ('peak_width_days', 14, 'days over which the December peak falls to 37 %; its height is the type''s holiday_lift')
) as parameters (parameter, parameter_value, description);

create or replace macro seasonality_of(name) as
    (select cast(parameter_value as double) from seasonality where parameter = name);

-- How busy a day is for a type, 1 = an ordinary day. Visits are drawn at the highest weight and kept with
-- probability weight / highest.
create or replace temp table demand_days as
with

dated as (

    select
        day_no,
        calendar_date,
        dayofyear(calendar_date) - seasonality_of('peak_day_of_year') as days_from_peak
    from (
        select
            day_no,
            cast(moment(getvariable('start_second') + day_no * 86400) as date) as calendar_date
        from range(getvariable('day_count')) as numbers (day_no)
    ) as days

),

weighed as (

    select
        shopper_rhythms.type_no,
        dated.day_no,
        list_extract(shopper_rhythms.weekday_weights, isodow(dated.calendar_date))
            * exp(seasonality_of('trend_per_year') * (dated.day_no - getvariable('day_count')) / 365)
            * (1 + seasonality_of('yearly_swing') * cos(2 * pi() * dated.days_from_peak / 365))
            * (1 + shopper_rhythms.holiday_lift
                * exp(-pow(dated.days_from_peak / seasonality_of('peak_width_days'), 2))) as demand_weight
    from dated
    cross join shopper_rhythms

),

highest as (

    select type_no, max(demand_weight) as highest_weight
    from weighed
    group by type_no

)

select
    weighed.type_no,
    weighed.day_no,
    weighed.demand_weight,
    highest.highest_weight
from weighed
inner join highest
    on weighed.type_no = highest.type_no;

-- Two experiments and one campaign, placed by share of the period. A treated user's chance of intent is
-- multiplied by 1 + effect from the first touch until the end; the campaign's effect depends on the type.
create or replace temp table experiments as
select
    * exclude (starts_at_share, ends_at_share),
    getvariable('start_second') + 86400 * cast(floor(starts_at_share * getvariable('day_count')) as bigint)
        as start_second,
    getvariable('start_second') + 86400 * cast(floor(ends_at_share * getvariable('day_count')) as bigint)
        as end_second
from (
    values
    ('checkout', 'exp-checkout', 'cmp-checkout', null,       0.35, 0.50, 1.0, 0.5, 0.30, 0.0),
    ('banner',   'exp-banner',   'cmp-banner',   null,       0.55, 0.65, 0.5, 0.5, 0.0,  0.0),
    ('spring',   'exp-spring',   'cmp-spring',   'SPRING20', 0.72, 0.80, 1.0, 0.3, null, 0.06)
) as planned (
    experiment_key, experiment_id, campaign_id, coupon_id, starts_at_share, ends_at_share,
    enrolled_share, control_share, effect, contact_cost
);

-- Recommendations: a click needs a place that is examined and a product that is relevant. One row per strategy.
create or replace temp table recommendation_strategies as
select * from (
    values
    ('related', 0.16),
    ('popular', 0.06)
) as strategies (strategy, click_rate);

-- One row per strategy and place. Related products stand low more often: what is seen of their clicks says too little of
-- them. strategy_propensity: how likely a place has the strategy. relevance: clicks per examined impression.
create or replace temp table recommendation_places as
with

places as (

    select * from (
        values
        ('related', 1, 0.1, 1.0), ('related', 2, 0.2, 0.6), ('related', 3, 0.3, 0.4), ('related', 4, 0.4, 0.25),
        ('popular', 1, 0.4, 1.0), ('popular', 2, 0.3, 0.6), ('popular', 3, 0.2, 0.4), ('popular', 4, 0.1, 0.25)
    ) as planned (strategy, position, place_share, examination)

)

select
    places.strategy,
    cast(places.position as integer) as position,
    cast(places.place_share as double) as place_share,
    cast(places.examination as double) as examination,
    cast(recommendation_strategies.click_rate / sum(places.place_share * places.examination) over (partition by places.strategy) as double)
        as relevance,
    cast(places.place_share / sum(places.place_share) over (partition by places.position) as double) as strategy_propensity
from places
inner join recommendation_strategies
    on places.strategy = recommendation_strategies.strategy;

-- One row per strategy: shares of the first place, the first two, the first three, given a click or none.
create or replace temp table recommendation_draws as
select
    strategy,
    [
        sum(case when position <= 1 then clicked end) / sum(clicked),
        sum(case when position <= 2 then clicked end) / sum(clicked),
        sum(case when position <= 3 then clicked end) / sum(clicked)
    ] as place_shares_if_clicked,
    [
        sum(case when position <= 1 then place_share - clicked end) / sum(place_share - clicked),
        sum(case when position <= 2 then place_share - clicked end) / sum(place_share - clicked),
        sum(case when position <= 3 then place_share - clicked end) / sum(place_share - clicked)
    ] as place_shares_if_not
from (select *, round(place_share * examination * relevance, 9) as clicked from recommendation_places) as places
group by strategy;

-- Dirt, as a share of the input's clean rows: each dirty row is a spoiled copy beside its clean original, so that
-- rejecting it leaves the clean store. What spoils rows in place (spellings) is in the input's own file.
create or replace temp table dirt_kinds as
select
    input_name,
    dirt_kind,
    (sum(per_million) over kinds - per_million) / 1000000.0 as share_from,
    sum(per_million) over kinds / 1000000.0 as share_up_to
from (
    values
    ('events', 'exact_duplicate', 3000),
    ('events', 'near_duplicate', 1500),
    ('events', 'missing_user_id', 800),
    ('events', 'missing_event_id', 400),
    ('events', 'missing_time', 300),
    ('events', 'negative_price', 500),
    ('events', 'absurd_price', 300),
    ('events', 'zero_quantity', 400),
    ('events', 'future_time', 300),
    ('events', 'epoch_time', 300),
    ('events', 'shared_session_id', 300),
    ('order_lines', 'exact_duplicate', 4000),
    ('order_lines', 'near_duplicate', 3000),
    ('order_lines', 'missing_user_id', 2000),
    ('order_lines', 'missing_order_line_id', 1000),
    ('order_lines', 'missing_order_id', 1000),
    ('order_lines', 'negative_price', 2000),
    ('order_lines', 'absurd_price', 1500),
    ('order_lines', 'zero_quantity', 2000),
    ('order_lines', 'negative_discount', 1000),
    ('order_lines', 'future_time', 1500),
    ('order_lines', 'epoch_time', 1500),
    ('order_lines', 'return_without_order', 3000),
    ('products', 'exact_duplicate', 12000),
    ('products', 'near_duplicate', 12000),
    ('products', 'missing_product_id', 8000),
    ('products', 'negative_price', 8000),
    ('users', 'exact_duplicate', 3000),
    ('users', 'near_duplicate', 3000),
    ('users', 'missing_user_id', 2000),
    ('users', 'future_time', 2000),
    ('reviews', 'exact_duplicate', 6000),
    ('reviews', 'near_duplicate', 5000),
    ('reviews', 'rating_out_of_range', 12000),
    ('reviews', 'missing_user_id', 4000),
    ('reviews', 'future_time', 4000),
    ('campaign_touches', 'exact_duplicate', 4000),
    ('campaign_touches', 'missing_user_id', 2000),
    ('campaign_touches', 'epoch_time', 1000),
    ('campaign_touches', 'unknown_touch_type', 1000),
    ('identities', 'exact_duplicate', 15000),
    ('identities', 'missing_alias_id', 6000),
    ('identities', 'linked_to_itself', 6000),
    ('identities', 'confidence_out_of_range', 6000),
    ('erasure_requests', 'exact_duplicate', 100000)
) as kinds (input_name, dirt_kind, per_million)
window kinds as (partition by input_name order by dirt_kind);

create or replace temp table dirt (input_name varchar, dirt_kind varchar, row_key varchar);
