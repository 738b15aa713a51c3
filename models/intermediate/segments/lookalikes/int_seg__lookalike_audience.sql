{#
    One row per known user of the audience that `seg__lookalike_audience` names. A fixed fifth is held back, so that
    it can be tried whether the others lead to it.
#}

select
    users.user_id,
    users.as_of_date,
    users.has_been_seen,
    {{ md5_bucket("'lookalike-' || users.user_id", 5) }} = 0 as is_held_back
from ({{ lookalike_audience() }}) as audience
inner join {{ ref('int_seg__users_to_segment') }} as users
    on audience.user_id = users.user_id
