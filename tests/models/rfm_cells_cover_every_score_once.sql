-- 25 cells and the prospects': none missing, none twice, none beyond, also with the shop's own rows in place.
with

scores as (

    {% for score in range(1, 6) %}
    select {{ score }} as score
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

expected as (

    select
        recency.score as recency_score,
        value_scores.score as value_score
    from scores as recency
    cross join scores as value_scores

    union all

    select
        0 as recency_score,
        0 as value_score

),

found as (

    select
        recency_score,
        value_score,
        count(*) as row_count
    from ({{ reference_rows(
        'rfm_cells', 'recency_score * 10 + value_score', ['recency_score', 'value_score', 'segment_key']
    ) }}) as cells
    where segment_key is not null
    group by recency_score, value_score

)

select
    expected.recency_score,
    expected.value_score,
    found.recency_score as found_recency_score,
    found.value_score as found_value_score,
    found.row_count
from expected
full outer join found
    on
        expected.recency_score = found.recency_score
        and expected.value_score = found.value_score
where
    {{ reads_rows() }}
    and (found.row_count is distinct from 1 or expected.recency_score is null)
