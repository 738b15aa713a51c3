-- Of equal columns the first ranks first; zero, negative and null columns do not rank.
with

cases as (

    select
        'mixed' as case_name,
        3.0 as a,
        -1.0 as b,
        5.0 as c,
        0.0 as d
    union all
    select
        'equal' as case_name,
        2.0 as a,
        2.0 as b,
        null as c,
        2.0 as d
    union all
    select
        'none' as case_name,
        null as a,
        0.0 as b,
        -1.0 as c,
        null as d

),

expected as (

    select
        'mixed' as case_name,
        1 as rank_number,
        3 as place,
        5.0 as amount
    union all
    select
        'mixed' as case_name,
        2 as rank_number,
        1 as place,
        3.0 as amount
    union all
    select
        'equal' as case_name,
        1 as rank_number,
        1 as place,
        2.0 as amount
    union all
    select
        'equal' as case_name,
        2 as rank_number,
        2 as place,
        2.0 as amount

),

found as (

    {{ largest_in_row('cases', ['case_name'], ['a', 'b', 'c', 'd'], 2) }}

)

select
    coalesce(expected.case_name, found.case_name) as case_name,
    expected.place as expected_place,
    found.place as found_place
from expected
full outer join found
    on
        expected.case_name = found.case_name
        and expected.rank_number = found.rank_number
where
    expected.place is distinct from found.place
    or expected.amount is distinct from found.amount
