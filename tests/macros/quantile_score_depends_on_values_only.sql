-- Each case's rows are scored; expected scores were worked out by hand from 1 + floor(5 * share strictly smaller).
{% set cases = {
    'five_values': [[1, 1, 5], [2, 2, 4], [3, 3, 3], [4, 4, 2], [5, 5, 1]],
    'ties_share_a_score': [[1, 1, 5], [1, 1, 5], [1, 1, 5], [7, 4, 2], [9, 5, 1]],
    'all_equal': [[4, 1, 5], [4, 1, 5], [4, 1, 5]],
    'one_row': [[8, 1, 5]],
    'nulls_do_not_count': [['null', 'null', 'null'], [-1, 1, 5], [3, 3, 3], ['null', 'null', 'null']],
} %}

with

scored as (

    {% for case_name, rows in cases.items() %}
    select
        '{{ case_name }}' as case_name,
        input,
        expected,
        expected_desc,
        {{ quantile_score('input') }} as score,
        {{ quantile_score('input', order='desc') }} as score_desc
    from (
        {% for input, expected, expected_desc in rows %}
        select
            cast({{ input }} as double) as input,
            cast({{ expected }} as int) as expected,
            cast({{ expected_desc }} as int) as expected_desc
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ) as cases
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select *
from scored
where
    score is distinct from expected
    or score_desc is distinct from expected_desc
