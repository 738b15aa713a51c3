{# Users of the widest tables who asked to be forgotten; a Python test looks into every column of every table. #}
select users.user_id
from (
    select user_id from {{ ref('int_seg__users') }}
    union all
    select user_id from {{ upstream('seg__events') }}
    union all
    select source_user_id as user_id from {{ upstream('seg__events') }}
    union all
    select user_id from {{ upstream('seg__order_lines') }}
    union all
    select source_user_id as user_id from {{ upstream('seg__order_lines') }}
    union all
    select source_user_id as user_id from {{ upstream('int_seg__user_aliases') }}
) as users
inner join {{ upstream('int_seg__erased_users') }} as erased_users
    on users.user_id = erased_users.user_id
