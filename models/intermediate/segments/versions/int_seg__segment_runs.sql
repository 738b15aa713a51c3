{# One row per as-of date that segments were ever built for. Running a date again leaves one row. #}

select as_of_date
from ({{ earlier_rows({'as_of_date': 'date'}) }}) as earlier

union

select as_of_date
from {{ ref('int_seg__as_of_dates') }}
where split = 'scoring' and as_of_date is not null
