{#
    Users of today who count in no table of groups: new ones, too few to be told of, and the few whom users who are gone
    left behind. In a shop that was never run before there are none unless all users are too few.
#}
with

users as (

    select
        count(*) as user_count,
        count(published.user_id) as published_count
    from {{ upstream('int_seg__segments_wanted') }} as users
    left join (
        select distinct user_id
        from {{ ref('int_seg__published_user_segments') }}
    ) as published
        on users.user_id = published.user_id

),

earlier as (

    select count(*) as row_count
    from {{ upstream('int_seg__segments_wanted') }}
    where rfm_last is not null

)

select users.*
from users
cross join earlier
where
    earlier.row_count = 0
    and users.published_count <> case
        when users.user_count >= {{ var('seg__minimum_group_size') }} then users.user_count else 0
    end
