with

cells as (

    {{ reference_rows(
        'rfm_cells',
        'recency_score * 10 + value_score',
        ['recency_score', 'value_score', 'segment_key', 'segment_rank']
    ) }}

)

select
    lower_cells.segment_key,
    higher_cells.segment_key as higher_segment_key
from cells as lower_cells
inner join cells as higher_cells
    on
        lower_cells.recency_score <= higher_cells.recency_score
        and lower_cells.value_score <= higher_cells.value_score
where lower_cells.segment_rank > higher_cells.segment_rank

union all

-- One rank, one segment.
select
    min(segment_key) as segment_key,
    max(segment_key) as higher_segment_key
from cells
group by segment_rank
having min(segment_key) <> max(segment_key)
