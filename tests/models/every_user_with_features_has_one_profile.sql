{# Users of the latest as-of date without a profile, and profiles without a user. #}
select coalesce(features.user_id, profiles.user_id) as user_id
from (
    select features.user_id
    from {{ ref('seg__user_features') }} as features
    inner join {{ ref('int_seg__as_of_dates') }} as as_of_dates
        on features.as_of_date = as_of_dates.as_of_date
    where as_of_dates.split = 'scoring'
) as features
full outer join {{ ref('seg__user_profiles') }} as profiles
    on features.user_id = profiles.user_id
where
    features.user_id is null
    or profiles.user_id is null
