-- Fitted schemes have no segments while nobody has been seen; the other schemes always hold everybody.
with

users as (

    select user_id from {{ upstream('int_seg__users_to_segment') }}

),

schemes as (

    select 'rfm' as scheme
    union all
    select 'lifecycle' as scheme
    union all
    select 'value_tier' as scheme
    union all
    select 'behaviour' as scheme
    union all
    select distinct fitted.scheme
    from {{ upstream('int_seg__users_to_segment') }}
    cross join (
        select 'kmeans' as scheme
        union all
        select 'hierarchical' as scheme
        union all
        select 'hierarchical_coarse' as scheme
    ) as fitted
    where has_been_seen

)

select
    users.user_id,
    schemes.scheme,
    count(user_segments.user_id) as row_count
from users
cross join schemes
left join {{ ref('seg__user_segments') }} as user_segments
    on
        users.user_id = user_segments.user_id
        and schemes.scheme = user_segments.scheme
group by users.user_id, schemes.scheme
having count(user_segments.user_id) <> 1
