{#
    Users of today who count in no table of groups: new ones, too few to be told of, and the few whom users who are gone
    left behind. In a shop that was never run before only few wait whom a large group would have to hide: less than half of
    the users, unless all are too few.
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
    and case
        when users.user_count >= {{ var('seg__minimum_group_size') }} then 2 * users.published_count <= users.user_count
        else users.published_count > 0
    end
