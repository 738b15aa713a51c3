{# Of the latest date: earlier ones keep what was allowed then. #}
select *
from {{ ref('seg__segment_migrations') }}
where
    as_of_date = (select max(as_of_date) from {{ upstream('int_seg__segments_wanted') }})
    and user_count < {{ var('seg__minimum_group_size') }}
