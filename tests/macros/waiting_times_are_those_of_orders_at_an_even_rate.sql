{# Against the sum over days: of those who order within `days`, day k is the first with probability e^(-r (k - 1)) (1 - e^(-r)). #}
with

cases (case_name, rate, days) as (
    values
    ('next to nothing', 0.00000001, 90),
    ('series and formula meet', 0.0000111, 90),
    ('once a month', 0.033, 90),
    ('a week', 0.1, 7),
    ('every other day', 0.5, 90),
    ('many a day', 10.0, 90),
    ('nothing at all', 0.0, 7)
),

days as (

    select
        cases.case_name,
        numbers.number,
        -- At a rate of 0 all days are alike.
        case when cases.rate > 0 then exp(-cases.rate * (numbers.number - 1)) else 1 end as weight
    from cases
    inner join (
        {% for number in range(1, 91) %}
        select {{ number }} as number{{ ' union all' if not loop.last }}
        {% endfor %}
    ) as numbers
        on numbers.number <= cases.days

),

sums as (

    select
        case_name,
        sum(number * weight) / sum(weight) as expected
    from days
    group by case_name

),

calculated as (

    select
        cases.*,
        sums.expected,
        {{ waiting_days('cases.rate', 'cases.days') }} as found,
        {{ waiting_days_quantile('0.5', 'cases.rate', 'cases.days') }} as half
    from cases
    inner join sums
        on cases.case_name = sums.case_name

)

-- Within a day orders may come at any hour: whole days are off by a twelfth of the rate.
select * from calculated
where
    abs(found - expected) > least(0.51, 0.001 + rate / 12)
    -- Half of them by the day by which half of 1 - e^(-r x days) is reached; of the rarest by a straight line.
    or abs((1 - exp(-rate * half)) - 0.5 * (1 - exp(-rate * days))) > 2e-7
    or half is null or half > days / 2.0 + 1e-9
