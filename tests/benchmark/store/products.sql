-- Input `products`, once for the whole store. Products of one category and brand lie close to each other in the
-- embedding: the category's direction, a part of the brand's, a little of their own.
create or replace macro direction(purpose, owner, dimension) as
    normal(bits(purpose, concat_ws('.', owner, dimension)));

create or replace temp table embeddings as
select
    product_no,
    list(round(
        direction('category embedding', category_no, dimension)
        + 0.5 * direction('brand embedding', brand, dimension)
        + 0.2 * direction('product embedding', product_no, dimension),
        3) order by dimension) as embedding
from products_of_store
cross join range(8) as dimensions (dimension)
group by product_no;

create or replace temp table clean_products as
select
    product_id_of(products_of_store.product_no) as product_id,
    case products_of_store.product_no % 83
        when 5 then concat(brand, ' "', products_of_store.product_no, '" 🎧')
        when 9 then concat(' ', brand, ', ', products_of_store.product_no)
        else concat(brand, ' ', products_of_store.product_no)
    end as product_name,
    case products_of_store.product_no % 37
        when 11 then concat(' ', category)
        when 20 then upper(category)
        when 29 then concat(lower(category), ' ')
        else category
    end as category,
    brand,
    concat(category, ' by ', brand, pick([', our favourite', ', new', '', ''], position % 4 / 4.0 + 0.1))
        as description,
    list_price,
    unit_cost,
    stock_on_hand,
    lead_time_days,
    embeddings.embedding
from products_of_store
inner join embeddings
    on products_of_store.product_no = embeddings.product_no;

create or replace temp table dirty_products as
select
    picked.* replace (
        case dirt_kind
            when 'missing_product_id' then null
            when 'negative_price' then concat(product_id, 'd')
            else product_id
        end as product_id,
        case when dirt_kind = 'near_duplicate' then upper(product_name) else product_name end as product_name,
        case when dirt_kind = 'negative_price' then -list_price else list_price end as list_price
    )
from (
    select
        clean.*,
        dirt_kinds.dirt_kind
    from (
        select *, uniform(bits('dirt', product_id), 0) as dirt_share from clean_products
    ) as clean
    inner join dirt_kinds
        on dirt_kinds.input_name = 'products'
        and clean.dirt_share >= dirt_kinds.share_from
        and clean.dirt_share < dirt_kinds.share_up_to
) as picked;

create or replace temp table products as
select * from clean_products
union all
select * exclude (dirt_share, dirt_kind) from dirty_products;

insert into dirt
select 'products', dirt_kind, coalesce(product_id, product_name) from dirty_products
union all
select 'products', 'odd_category', product_id from clean_products
where category not in (select category from categories);
