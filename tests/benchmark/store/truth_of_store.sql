-- The truth that the whole store shares, one row per line of the stated grain.

-- One row per shopper type: the parameters of its behaviour.
create or replace temp table truth_shopper_types as
select
    shopper_types.* exclude (share_up_to),
    shopper_rhythms.holiday_lift,
    campaign_uplifts.uplift as campaign_uplift
from shopper_types
inner join shopper_rhythms
    on shopper_types.type_no = shopper_rhythms.type_no
inner join campaign_uplifts
    on shopper_types.type_no = campaign_uplifts.type_no
order by shopper_types.type_no;

-- One row per shopper type and hour (kind 'hour', before the user's own shift) or weekday (1 = Monday).
create or replace temp table truth_rhythms as
select
    shopper_types.shopper_type,
    'hour' as kind,
    entries.entry as number,
    round(count(*) / 12.0, 4) as share
from (select type_no, unnest(hours) as entry from shopper_rhythms) as entries
inner join shopper_types
    on entries.type_no = shopper_types.type_no
group by shopper_types.shopper_type, entries.entry

union all

select
    shopper_types.shopper_type,
    'weekday' as kind,
    weekdays.number,
    round(list_extract(shopper_rhythms.weekday_weights, weekdays.number) / list_sum(shopper_rhythms.weekday_weights), 4)
from shopper_rhythms
cross join range(1, 8) as weekdays (number)
inner join shopper_types
    on shopper_rhythms.type_no = shopper_types.type_no;

-- One row per shopper type and category it is drawn to.
create or replace temp table truth_category_affinities as
select
    shopper_types.shopper_type,
    categories.category,
    round(count(*) / 10.0, 2) as affinity_share
from (select type_no, unnest(category_numbers) as category_no from shopper_tastes) as entries
inner join shopper_types
    on entries.type_no = shopper_types.type_no
inner join categories
    on entries.category_no = categories.category_no
group by shopper_types.shopper_type, categories.category;

-- One row per category.
create or replace temp table truth_categories as
select
    categories.category,
    categories.elasticity,
    categories.repeat_share,
    goes_with.category as goes_with_category,
    leads_to.category as leads_to_category,
    categories.product_count,
    categories.brand_count
from categories
inner join categories as goes_with
    on categories.goes_with = goes_with.category_no
inner join categories as leads_to
    on categories.leads_to = leads_to.category_no;

-- One row per product: what is bought with it, what after it, and how good it is.
create or replace temp table truth_products as
select
    product_id_of(product_no) as product_id,
    category,
    brand,
    position as popularity_rank,
    quality,
    product_id_of(together_product_no) as together_product_id,
    product_id_of(next_product_no) as next_product_id
from products_of_store;

-- One row per category and week: the price level around which the products' own promotions lie.
create or replace temp table truth_price_levels as
select
    categories.category,
    cast(moment(getvariable('start_second') + 604800 * category_weeks.week_no) as date) as week_starts_on,
    category_weeks.price_level
from category_weeks
inner join categories
    on category_weeks.category_no = categories.category_no;

-- One row per experiment; effect is the relative rise of the order rate, null where it depends on the type.
create or replace temp table truth_experiments as
select
    experiment_id,
    campaign_id,
    coupon_id,
    moment(start_second) as starts_at,
    moment(end_second) as ends_at,
    enrolled_share,
    control_share,
    effect
from experiments;

-- One row per parameter of the yearly course.
create or replace temp table truth_seasonality as
select * from seasonality;

-- One row per strategy of recommendations and place in the list.
create or replace temp table truth_recommendations as
select
    strategy,
    position,
    place_share,
    examination,
    round(relevance, 6) as relevance,
    round(strategy_propensity, 6) as strategy_propensity
from recommendation_places;
