{# Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29. #}
with

cases (case_name, successes, trials, low, high) as (
    values
    ('81 of 263', 81, 263, 0.2553, 0.3662),
    ('15 of 148', 15, 148, 0.0624, 0.1605),
    ('none of 20', 0, 20, 0.0000, 0.1611),
    ('1 of 29', 1, 29, 0.0061, 0.1718),
    ('more than all', 30, 20, 0.8389, 1.0000),
    ('no trials', 0, 0, null, null)
),

calculated as (

    select
        *,
        {{ wilson_limit('successes', 'trials', 'low') }} as found_low,
        {{ wilson_limit('successes', 'trials', 'high') }} as found_high
    from cases

)

select * from calculated
where
    round(found_low, 4) is distinct from round(cast(low as double), 4)
    or round(found_high, 4) is distinct from round(cast(high as double), 4)
