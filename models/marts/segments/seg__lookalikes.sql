{# One row per user outside of the audience, of the nearest to it: whom to address next. No row without an audience. #}

with

ranked as (

    select
        user_id,
        as_of_date,
        distance,
        row_number() over (order by distance, user_id) as lookalike_rank
    from {{ ref('int_seg__lookalike_distances') }}
    where purpose = 'list'

)

select
    cast(user_id as string) as user_id,
    as_of_date,
    cast(distance as double) as distance,
    cast(lookalike_rank as int) as lookalike_rank
from ranked
where lookalike_rank <= {{ var('seg__lookalike_count') }}
