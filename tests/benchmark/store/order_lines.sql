-- Input `order_lines`: one product in one order, and one line with a negative quantity per return. A return states
-- the price that was paid back per unit and no discount, so that its amount can be read in one way only.
create or replace temp table clean_order_lines as
with

bought as (

    select
        *,
        concat('l', user_no, '.', session_no, '.', slot) as order_line_id,
        round(
            quantity * (unit_price - shown_price)
            + quantity * shown_price * case coupon_id
                when 'SAVE10' then 0.10 when 'WELCOME15' then 0.15 when 'SPRING20' then 0.20 else 0 end,
            2) as discount_amount,
        bits('return', concat_ws('.', user_no, session_no, slot)) as return_bits
    from bought_products

),

returned as (

    select
        *,
        case when uniform(return_bits, 2) < 0.8 then quantity else 1 end as returned_quantity,
        ordered_second + 86400 * (3 + cast(floor(18 * uniform(return_bits, 1)) as bigint)) + 3600 as returned_second
    from bought
    where order_status = 'completed' and uniform(return_bits, 0) < return_share

)

select
    order_line_id,
    order_id,
    user_id,
    product_id_of(product_no) as product_id,
    moment(ordered_second) as ordered_at,
    cast(quantity as bigint) as quantity,
    cast(unit_price as double) as unit_price,
    cast(discount_amount as double) as discount_amount,
    order_status,
    coupon_id,
    channel,
    next_load(moment(ordered_second)) as loaded_at
from bought

union all

select
    concat(order_line_id, 'r') as order_line_id,
    order_id,
    user_id,
    product_id_of(product_no) as product_id,
    moment(returned_second) as ordered_at,
    cast(-returned_quantity as bigint) as quantity,
    round((quantity * unit_price - discount_amount) / quantity, 2) as unit_price,
    0.0 as discount_amount,
    'returned' as order_status,
    null as coupon_id,
    channel,
    next_load(moment(returned_second)) as loaded_at
from returned
where returned_second < getvariable('end_second');

create or replace temp table dirty_order_lines as
select
    picked.* replace (
        case
            when dirt_kind in ('exact_duplicate', 'near_duplicate') then order_line_id
            when dirt_kind <> 'missing_order_line_id' then concat(order_line_id, 'd')
        end as order_line_id,
        case dirt_kind when 'return_without_order' then concat(order_id, 'x')
            when 'missing_order_id' then null else order_id end as order_id,
        case when dirt_kind <> 'missing_user_id' then user_id end as user_id,
        case dirt_kind
            when 'near_duplicate' then ordered_at + interval 1 minute
            when 'future_time' then ordered_at + interval 75 year
            when 'epoch_time' then timestamp '1970-01-01 00:00:00'
            else ordered_at
        end as ordered_at,
        case dirt_kind when 'zero_quantity' then 0 when 'return_without_order' then -1 else quantity end as quantity,
        case dirt_kind when 'negative_price' then -5 when 'absurd_price' then 99999999999 else unit_price end
            as unit_price,
        case dirt_kind when 'negative_discount' then -3 when 'return_without_order' then 0 else discount_amount end
            as discount_amount,
        case dirt_kind when 'near_duplicate' then upper(order_status)
            when 'return_without_order' then 'returned' else order_status end as order_status
    )
from (
    select
        clean.*,
        dirt_kinds.dirt_kind
    from (
        select *, uniform(bits('dirt', order_line_id), 0) as dirt_share from clean_order_lines
    ) as clean
    inner join dirt_kinds
        on dirt_kinds.input_name = 'order_lines'
        and clean.dirt_share >= dirt_kinds.share_from
        and clean.dirt_share < dirt_kinds.share_up_to
) as picked;

create or replace temp table order_lines as
select * from clean_order_lines
union all
select * exclude (dirt_share, dirt_kind) from dirty_order_lines;

insert into dirt
select 'order_lines', dirt_kind, coalesce(order_line_id, concat(user_id, ' ', ordered_at)) from dirty_order_lines;
