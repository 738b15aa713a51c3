-- Input `users`, without a word about the type: only its shadow in the acquisition channel and the year of birth.
create or replace temp table clean_users as
with

drawn as (

    select
        *,
        bits('person', user_no) as person_bits,
        bits('origin', user_no) as origin_bits
    from shoppers

)

select
    user_id,
    moment(signup_second) as signed_up_at,
    case when uniform(person_bits, 0) < 0.8
        then cast(1955 + 5 * (type_no % 3) + floor(45 * uniform(person_bits, 1)) as bigint) end as birth_year,
    pick(['female', 'female', 'male', 'male', 'other', null], uniform(person_bits, 2)) as gender,
    pick(['DE', 'DE', 'DE', 'FR', 'FR', 'NL', 'AT', 'US'], uniform(origin_bits, 0)) as country,
    pick(['North', 'South', 'East', 'West', null], uniform(origin_bits, 1)) as region,
    pick(channels, uniform(origin_bits, 2)) as acquisition_channel,
    concat('u', user_no, '@mail.example') as email,
    uniform(bits('consent', user_no), 0) < 0.6 as has_marketing_consent,
    case when uniform(bits('plan', user_no), 0) < 0.3
        then '{"plan": "' || pick(['plus', 'family "XL'], uniform(bits('plan', user_no), 1)) || '"}' end as attributes
from drawn
where signup_second < getvariable('end_second');

update clean_users set attributes = replace(attributes, 'family "XL', 'family \"XL');

create or replace temp table dirty_users as
select
    picked.* replace (
        case dirt_kind
            when 'missing_user_id' then null
            when 'future_time' then concat(user_id, 'd')
            else user_id
        end as user_id,
        case when dirt_kind = 'future_time' then signed_up_at + interval 75 year else signed_up_at end as signed_up_at,
        case when dirt_kind = 'near_duplicate' then upper(email) else email end as email
    )
from (
    select
        clean.*,
        dirt_kinds.dirt_kind
    from (
        select *, uniform(bits('dirt', user_id), 0) as dirt_share from clean_users
    ) as clean
    inner join dirt_kinds
        on dirt_kinds.input_name = 'users'
        and clean.dirt_share >= dirt_kinds.share_from
        and clean.dirt_share < dirt_kinds.share_up_to
) as picked;

create or replace temp table users as
select * from clean_users
union all
select * exclude (dirt_share, dirt_kind) from dirty_users;

insert into dirt
select 'users', dirt_kind, coalesce(user_id, email) from dirty_users;
