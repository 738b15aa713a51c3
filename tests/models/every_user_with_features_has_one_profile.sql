select coalesce(known.user_id, profiles.user_id) as user_id
from ({{ users_as_of('scoring') }}) as known
full outer join {{ ref('seg__user_profiles') }} as profiles
    on known.user_id = profiles.user_id
where
    known.user_id is null
    or profiles.user_id is null
