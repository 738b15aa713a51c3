with

cases as (

    {% for input, expected in [['-1', '-ln(2)'], ['0', '0'], ['1', 'ln(2)'], ['null', 'null']] %}
    select
        cast({{ input }} as double) as input,
        cast({{ expected }} as double) as expected
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select *
from cases
where {{ signed_log('input') }} is distinct from expected
