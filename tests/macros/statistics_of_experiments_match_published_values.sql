-- Normal, t and chi-square tails from tables (R, scipy); intervals worked out by hand.
with

cases (case_name, found, expected, tolerance) as (

    select
        'two-sided normal at 1.96' as case_name,
        2 * {{ normal_tail('x') }} as found,
        0.049995790296440967 as expected,
        1e-15 as tolerance
    from (select cast(1.96 as double) as x) as numbers
    union all
    select 'normal at 0', {{ normal_tail('x') }}, 0.5, 1e-15 from (select cast(0 as double) as x) as numbers
    union all
    select 'normal at -1', {{ normal_tail('x') }}, 0.15865525393145707, 1e-15 from (select cast(-1 as double) as x) as numbers
    union all
    select 'normal at 10, in relation', {{ normal_tail('x') }} / 7.619853024160527e-24, 1.0, 1e-8
    from (select cast(10 as double) as x) as numbers
    union all
    select 't of 2.776445 with 4 degrees', 2 * {{ normal_tail(student_t_as_normal('x', '4.0')) }}, 0.05, 0.001
    from (select cast(2.776445 as double) as x) as numbers
    union all
    select 't of 2.042272 with 30 degrees', 2 * {{ normal_tail(student_t_as_normal('x', '30.0')) }}, 0.05, 0.00003
    from (select cast(2.042272 as double) as x) as numbers
    union all
    select 'quantile of t with 30 degrees', {{ student_t_quantile(1.959963984540054, 'x') }}, 2.042272, 0.0003
    from (select cast(30 as double) as x) as numbers
    union all
    select 'chi-square 3.841459, 1 degree', {{ chi_square_tail('x', '1') }}, 0.05, 1e-7
    from (select cast(3.841459 as double) as x) as numbers
    union all
    select 'chi-square 5.991465, 2 degrees', {{ chi_square_tail('x', '2') }}, 0.05, 1e-7
    from (select cast(5.991465 as double) as x) as numbers
    union all
    select 'chi-square 11.070498, 5 degrees', {{ chi_square_tail('x', '5') }}, 0.05, 1e-7
    from (select cast(11.070498 as double) as x) as numbers
    union all
    select 'chi-square 31.410433, 20 degrees', {{ chi_square_tail('x', '20') }}, 0.05, 1e-7
    from (select cast(31.410433 as double) as x) as numbers
    union all
    -- 0 of 10, z = 2: from 0 to 4 / 14.
    select 'Wilson, low', {{ wilson_bound('x', '10.0', 2, -1) }}, 0.0, 1e-12 from (select cast(0 as double) as x) as numbers
    union all
    select 'Wilson, high', {{ wilson_bound('x', '10.0', 2, 1) }}, 0.2857142857142857, 1e-12
    from (select cast(0 as double) as x) as numbers
    union all
    -- Means 4 and 2, variances 0.5 and 0.5, z = 2: g = 0.5, (2 -+ sqrt(0.25 + 2)) / 0.5.
    select 'Fieller, low', {{ fieller_bound('x', '0.5', '2.0', '0.5', '2.0', -1) }}, 1.0, 1e-12
    from (select cast(4 as double) as x) as numbers
    union all
    select 'Fieller, high', {{ fieller_bound('x', '0.5', '2.0', '0.5', '2.0', 1) }}, 7.0, 1e-12
    from (select cast(4 as double) as x) as numbers
    union all
    -- Variance 1, as many users as planned: sqrt(2 x 8.936155 / 7.936155 x ln(sqrt(8.936155) / 0.05)).
    select 'sequential, half width', {{ sequential_half_width('x', '100', 100) }}, 3.035209, 1e-6
    from (select cast(1 as double) as x) as numbers
    union all
    -- A difference of just that much.
    select 'sequential, p-value', {{ sequential_p_value('3.035209', 'x', '100', 100) }}, 0.05, 1e-6
    from (select cast(1 as double) as x) as numbers

)

select *
from cases
where found is null or abs(found - expected) > tolerance

union all

-- Means 4 and 2 of which the one below is within its error of zero: no bounds.
select
    'Fieller, unbounded' as case_name,
    {{ fieller_bound('x', '0.5', '2.0', '1.5', '2.0', 1) }} as found,
    null as expected,
    null as tolerance
from (select cast(4 as double) as x) as numbers
where {{ fieller_bound('x', '0.5', '2.0', '1.5', '2.0', 1) }} is not null
