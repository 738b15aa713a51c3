-- Random numbers that depend on nothing but the seed, what they are for and whose they are: no thread,
-- batch or engine version can change them. One md5 is read as three independent draws of 20 bits.

create or replace macro bits(purpose, owner) as
    cast('0x' || substr(md5(concat_ws('/', getvariable('seed'), purpose, owner)), 1, 15) as bigint);

-- In (0, 1), never 0 or 1, so that its logarithm exists. `draw` is 0, 1 or 2.
create or replace macro uniform(bits, draw) as
    (((bits >> (20 * draw)) & 1048575) + 0.5) / 1048576.0;

-- Mean 0, standard deviation 1, from the draws 0 and 1 (Box and Muller 1958).
create or replace macro normal(bits) as
    sqrt(-2 * ln(uniform(bits, 0))) * cos(2 * pi() * uniform(bits, 1));

-- Gamma of shape 2 and mean 1, from the draws 0 and 1: the spread of activity between users of one type.
create or replace macro gamma_of_shape_two(bits) as
    -(ln(uniform(bits, 0)) + ln(uniform(bits, 1))) / 2;

-- Poisson through the Cornish-Fisher expansion: one normal number instead of a loop.
create or replace macro poisson(mean, standard_normal) as
    cast(greatest(0, floor(
        mean + sqrt(mean) * standard_normal + (standard_normal * standard_normal - 1) / 6 + 0.5
    )) as bigint);

-- One element of a list, each equally likely.
create or replace macro pick(choices, share) as
    list_extract(choices, 1 + cast(floor(share * len(choices)) as bigint));

-- Rank 0 .. count-1, rank r about as likely as 1 / (r + 1): a few products sell most.
create or replace macro zipf_rank(count, share) as
    least(count - 1, cast(floor(pow(count + 1, share)) as bigint) - 1);

create or replace macro moment(seconds) as
    make_timestamp(cast(seconds as bigint) * 1000000);

-- When a row is in the warehouse: with the first load after it, one every quarter of an hour.
create or replace macro next_load(happened_at) as
    make_timestamp((epoch_us(happened_at) // 900000000 + 1) * 900000000);

-- Ids are text that a careless reader breaks: a few look like numbers or booleans, hold quotes, spaces, emoji.
create or replace macro user_id_of(user_no) as
    case
        when user_no = 3 then '00123'
        when user_no = 8 then 'true'
        when user_no % 499 = 13 then 'u ' || user_no
        when user_no % 499 = 29 then 'u"' || user_no || '"'
        when user_no % 499 = 57 then 'o''u' || user_no
        when user_no % 499 = 71 then 'u🛒' || user_no
        when user_no % 499 = 90 then 'u,' || user_no
        else 'u' || user_no
    end;

create or replace macro product_id_of(product_no) as
    case
        when product_no = 17 then '00017'
        when product_no = 23 then 'false'
        when product_no = 31 then 'p "31"'
        else 'p' || product_no
    end;

create or replace macro cookie_id_of(user_no, device_no) as
    'c' || user_no || chr(cast(97 + device_no as integer));
