{# Of the last whole build: a realtime run may have brought users since. Every user of that build has predictions. #}
select coalesce(predicted.user_id, profiles.user_id) as user_id
from (
    select distinct user_id
    from {{ upstream('seg__user_predictions') }}
) as predicted
full outer join {{ ref('seg__user_profiles') }} as profiles
    on predicted.user_id = profiles.user_id
where
    predicted.user_id is null
    or profiles.user_id is null
