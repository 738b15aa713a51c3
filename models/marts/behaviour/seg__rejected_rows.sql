{# One row per input row that was rejected, with the first reason that applied. #}

with

rejected as (

    {% for input_name, columns in input_contract(none).items() %}
    select
        '{{ input_name }}' as input_name,
        {{ input_key(input_name) }} as row_key,
        reject_reason,
        {{ row_as_json(columns | map(attribute=0) | list) }} as row_content
    from {{ ref('int_seg__' ~ input_name ~ '_judged') }}
    where reject_reason is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    cast(rejected.input_name as string) as input_name,
    -- Of a user who asked to be forgotten only the count remains.
    cast(case when rejected.reject_reason <> 'erased' then rejected.row_key end as string) as row_key,
    cast(rejected.reject_reason as string) as reject_reason,
    cast(case when rejected.reject_reason <> 'erased' then rejected.row_content end as string) as row_content,
    as_of_dates.as_of_date
from rejected
left join {{ ref('int_seg__as_of_dates') }} as as_of_dates
    on as_of_dates.split = 'scoring'
