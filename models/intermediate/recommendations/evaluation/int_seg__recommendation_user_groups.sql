{#
    One row per whether repeats are allowed, user group and user of the test period: who is measured together, and in which
    bucket the user is drawn for the intervals. Without the groups that hold, or leave of the group that they are part of,
    fewer than `seg__minimum_group_size` users: these are not told.
#}

{% set least_users = var('seg__minimum_group_size') %}
{% set most_buckets = recommendation_buckets() %}

with

users as (

    select distinct
        users.repeats_allowed,
        users.user_number,
        user_groups.user_group,
        user_groups.parent_group
    from {{ ref('int_seg__recommendation_user_metrics') }} as users
    inner join (
        {{ recommendation_user_groups() }}
    ) as user_groups
        on users.history_group = user_groups.history_group

),

sizes as (

    select
        repeats_allowed,
        user_group,
        parent_group,
        count(*) as user_count
    from users
    group by repeats_allowed, user_group, parent_group

),

judged as (

    select
        sizes.*,
        sizes.user_count >= {{ least_users }}
        and not parents.user_count - sizes.user_count between 1 and {{ least_users }} - 1 as is_large_enough
    from sizes
    inner join sizes as parents
        on
            sizes.repeats_allowed = parents.repeats_allowed
            and sizes.parent_group = parents.user_group

),

told as (

    select judged.*
    from judged
    inner join judged as parents
        on
            judged.repeats_allowed = parents.repeats_allowed
            and judged.parent_group = parents.user_group
    where judged.is_large_enough and parents.is_large_enough

),

-- Numbers of users shift when others are added, their order among these does not.
placed as (

    select
        told.repeats_allowed,
        told.user_group,
        users.user_number,
        told.user_count,
        row_number() over (
            partition by told.repeats_allowed, told.user_group
            order by users.user_number
        ) as user_place
    from users
    inner join told
        on
            users.repeats_allowed = told.repeats_allowed
            and users.user_group = told.user_group

),

-- Buckets of equal size; a user each where users are few.
numbered as (

    select
        *,
        least(user_count, {{ most_buckets }}) as bucket_count,
        row_number() over (
            partition by repeats_allowed, user_group
            order by md5(cast(user_place as string)), user_place
        ) as place
    from placed

)

select
    repeats_allowed,
    user_group,
    user_number,
    user_count,
    bucket_count,
    place % bucket_count as bucket
from numbered
