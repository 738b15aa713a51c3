-- Input `reviews`: one in seven bought products is reviewed; the rating follows the product's quality and the
-- user's own level, a product sent back is rated lower.
create or replace temp table clean_reviews as
with

written as (

    select
        *,
        bits('review', concat_ws('.', user_no, session_no, slot)) as review_bits,
        bits('rating', concat_ws('.', user_no, session_no, slot)) as rating_bits,
        normal(bits('mildness', user_no)) as mildness
    from bought_products

),

rated as (

    select
        *,
        cast(least(5, greatest(1, round(
            4 + quality + 0.4 * mildness + 0.7 * normal(rating_bits)
            - case when uniform(bits('return', concat_ws('.', user_no, session_no, slot)), 0) < return_share
                then 1.5 else 0 end))) as bigint) as rating,
        ordered_second + 86400 * (4 + cast(floor(25 * uniform(review_bits, 1)) as bigint)) + 1800 as reviewed_second
    from written
    where order_status = 'completed' and uniform(review_bits, 0) < 0.14

)

select
    concat('r', user_no, '.', session_no, '.', slot) as review_id,
    user_id,
    product_id_of(product_no) as product_id,
    cast(rating as double) as rating,
    case
        when rating = 5 then pick(['Love it ❤️', 'Great, would buy again', 'Just "perfect"'], uniform(review_bits, 2))
        when rating = 4 then pick(['Good, quick delivery', 'Works well', null], uniform(review_bits, 2))
        when rating = 3 then pick(['It''s okay', 'Not bad, not great', null], uniform(review_bits, 2))
        else pick(['Broke after a week 😡', 'Too small, poor quality', 'Not as "described", sent back'],
            uniform(review_bits, 2))
    end as review_text,
    moment(reviewed_second) as reviewed_at,
    next_load(moment(reviewed_second)) as loaded_at
from rated
where reviewed_second < getvariable('end_second');

create or replace temp table dirty_reviews as
select
    picked.* replace (
        case when dirt_kind in ('exact_duplicate', 'near_duplicate') then review_id else concat(review_id, 'd') end
            as review_id,
        case when dirt_kind <> 'missing_user_id' then user_id end as user_id,
        case when dirt_kind <> 'rating_out_of_range' then rating
            else pick([0.0, 9.0], uniform(bits('rating dirt', review_id), 0)) end as rating,
        case dirt_kind
            when 'near_duplicate' then reviewed_at + interval 1 hour
            when 'future_time' then reviewed_at + interval 75 year
            else reviewed_at
        end as reviewed_at
    )
from (
    select
        clean.*,
        dirt_kinds.dirt_kind
    from (
        select *, uniform(bits('dirt', review_id), 0) as dirt_share from clean_reviews
    ) as clean
    inner join dirt_kinds
        on dirt_kinds.input_name = 'reviews'
        and clean.dirt_share >= dirt_kinds.share_from
        and clean.dirt_share < dirt_kinds.share_up_to
) as picked;

create or replace temp table reviews as
select * from clean_reviews
union all
select * exclude (dirt_share, dirt_kind) from dirty_reviews;

insert into dirt
select 'reviews', dirt_kind, review_id from dirty_reviews;
