with

known as (

    select features.user_id
    from {{ upstream('seg__user_features') }} as features
    inner join {{ upstream('int_seg__as_of_dates') }} as as_of_dates
        on
            features.as_of_date = as_of_dates.as_of_date
            and as_of_dates.split = 'scoring'

)

select coalesce(known.user_id, profiles.user_id) as user_id
from known
full outer join {{ ref('seg__user_profiles') }} as profiles
    on known.user_id = profiles.user_id
where
    known.user_id is null
    or profiles.user_id is null
