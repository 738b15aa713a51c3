{#
    Users of the last whole build without a profile, and profiles without a user. The history says who they were: a
    realtime run may have brought others since, and another test holds segments to features.
#}
select coalesce(history.user_id, profiles.user_id) as user_id
from (
    select segment_history.user_id
    from {{ ref('seg__user_segment_history') }} as segment_history
    inner join (
        select max(as_of_date) as as_of_date
        from {{ ref('seg__user_profiles') }}
    ) as built
        on
            segment_history.valid_from <= built.as_of_date
            and (segment_history.valid_to > built.as_of_date or segment_history.valid_to is null)
    where segment_history.scheme = 'lifecycle'
) as history
full outer join {{ ref('seg__user_profiles') }} as profiles
    on history.user_id = profiles.user_id
where
    history.user_id is null
    or profiles.user_id is null
