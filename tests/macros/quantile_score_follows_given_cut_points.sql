with

cases as (

    {% for input, expected, expected_desc in [
        [5, 1, 5], [10, 2, 5], [19, 2, 4], [20, 3, 4], [40, 5, 2], [41, 5, 1], ['null', 'null', 'null']
    ] %}
    select
        cast({{ input }} as double) as input,
        cast({{ expected }} as int) as expected,
        cast({{ expected_desc }} as int) as expected_desc
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

scored as (

    select
        *,
        {{ quantile_score('input', cut_points=[10, 20, 30, 40]) }} as score,
        {{ quantile_score('input', order='desc', cut_points=[40, 10, 20, 30]) }} as score_desc
    from cases

)

select *
from scored
where
    score is distinct from expected
    or score_desc is distinct from expected_desc
