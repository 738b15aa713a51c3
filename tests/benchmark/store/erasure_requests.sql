-- Input `erasure_requests`: one user in 250 asks to be forgotten, some of them known under cookies too.
create or replace temp table erasure_requests as
with

clean as (

    select
        user_id,
        moment(greatest(signup_second, getvariable('end_second') - 86400 * (1 + user_no % 40)) + 60) as requested_at
    from shoppers
    where user_no % 250 = 7 and signup_second < getvariable('end_second') - 86400

),

repeated as (

    select clean.*
    from clean
    inner join dirt_kinds
        on dirt_kinds.input_name = 'erasure_requests'
        and uniform(bits('dirt', clean.user_id), 0) >= dirt_kinds.share_from
        and uniform(bits('dirt', clean.user_id), 0) < dirt_kinds.share_up_to

)

select *, false as is_copy from clean
union all
select *, true as is_copy from repeated;

insert into dirt
select 'erasure_requests', 'exact_duplicate', user_id from erasure_requests where is_copy;

alter table erasure_requests drop column is_copy;
