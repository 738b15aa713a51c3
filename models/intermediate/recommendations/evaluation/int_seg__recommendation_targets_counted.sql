{# One row per earlier date, served user and whether repeats are allowed: how many products a list could have hit. #}
with

modes as (

    select true as repeats_allowed
    union all
    select false as repeats_allowed

)

select
    users.as_of_date,
    users.split,
    users.user_number,
    users.has_history,
    modes.repeats_allowed,
    count(*) as target_count
from {{ ref('int_seg__recommendation_targets') }} as targets
inner join {{ ref('int_seg__recommendation_users') }} as users
    on
        targets.as_of_date = users.as_of_date
        and targets.user_id = users.user_id
cross join modes
where users.is_served and (modes.repeats_allowed or not targets.is_repeat)
group by users.as_of_date, users.split, users.user_number, users.has_history, modes.repeats_allowed
