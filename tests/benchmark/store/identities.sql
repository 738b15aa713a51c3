-- Input `identities`: which cookie belongs to whom, as far as the shop knows. Two traps: weak links between strangers
-- (confidence about 0.3), and public devices that very many users signed in on.
create or replace temp table cookies as
select
    user_no,
    user_id,
    cookie_id_of(user_no, device_no) as cookie_id,
    device_no,
    bits('link', concat_ws('.', user_no, device_no)) as link_bits,
    -- A second cookie of a chain is linked to the first, not to the user.
    device_no = 1 and uniform(bits('chain', user_no), 0) < 0.4 as is_chained,
    signup_second < getvariable('end_second') as is_visiting
from (
    select
        *,
        unnest(range(cookie_count)) as device_no
    from shoppers
) as shoppers;

create or replace temp table clean_identities as
with

own as (

    select
        case when is_chained then cookie_id_of(user_no, 0) else user_id end as user_id,
        cookie_id as alias_id,
        pick(['login', 'login', 'login', 'email_hash', 'device'], uniform(link_bits, 1)) as match_type,
        uniform(link_bits, 2) as closeness
    from cookies
    where is_chained
        or (device_no = 0 and (uniform(link_bits, 0) < 0.8 or uniform(bits('chain', user_no), 0) < 0.4))
        or (device_no = 1 and uniform(link_bits, 0) < 0.6)

),

graded as (

    select
        user_id,
        alias_id,
        match_type,
        round(case match_type when 'login' then 0.98 when 'email_hash' then 0.9 else 0.76 end
            + 0.02 * closeness, 2) as match_confidence
    from own

),

weak as (

    select
        user_id_of(user_no + 1) as user_id,
        cookie_id as alias_id,
        'household' as match_type,
        round(0.25 + 0.1 * uniform(link_bits, 2), 2) as match_confidence
    from cookies
    where device_no = 0 and user_no % 20 = 4 and user_no < getvariable('user_count')

),

public as (

    select
        user_id,
        public_cookie_id as alias_id,
        'device' as match_type,
        0.8 as match_confidence
    from shoppers
    where public_cookie_id is not null

)

select * from graded
union all
select * from weak
union all
select * from public;

create or replace temp table dirty_identities as
select
    picked.* replace (
        case when dirt_kind = 'linked_to_itself' then alias_id else user_id end as user_id,
        case when dirt_kind = 'missing_alias_id' then null else alias_id end as alias_id,
        case when dirt_kind = 'confidence_out_of_range' then 1.7 else match_confidence end as match_confidence
    )
from (
    select
        clean.*,
        dirt_kinds.dirt_kind
    from (
        select *, uniform(bits('dirt', concat(user_id, '>', alias_id)), 0) as dirt_share from clean_identities
    ) as clean
    inner join dirt_kinds
        on dirt_kinds.input_name = 'identities'
        and clean.dirt_share >= dirt_kinds.share_from
        and clean.dirt_share < dirt_kinds.share_up_to
) as picked;

create or replace temp table identities as
select * replace (cast(match_confidence as double) as match_confidence) from clean_identities
union all
select * exclude (dirt_share, dirt_kind) replace (cast(match_confidence as double) as match_confidence)
from dirty_identities;

insert into dirt
select 'identities', dirt_kind, concat(user_id, '>', alias_id) from dirty_identities
union all
select 'identities', 'weak_link', concat(user_id, '>', alias_id) from clean_identities where match_confidence < 0.5
union all
select 'identities', 'public_device', concat(user_id, '>', alias_id) from clean_identities where alias_id like 'pub%';
