-- Fitted schemes have no segments while nobody has been seen; the other schemes always hold everybody. That nobody is in a
-- scheme twice is tested of the key.
with

users as (

    select
        user_id,
        max(case when has_been_seen then 1 else 0 end) over () as has_fitted_schemes
    from {{ upstream('int_seg__users_to_segment') }}

),

memberships as (

    select
        user_id,
        sum(case when scheme in ('rfm', 'lifecycle', 'value_tier', 'behaviour') then 1 else 0 end) as of_rules_count,
        sum(case when scheme in ('kmeans', 'hierarchical', 'hierarchical_coarse') then 1 else 0 end) as fitted_count
    from {{ ref('seg__user_segments') }}
    group by user_id

)

select
    users.user_id,
    memberships.of_rules_count,
    memberships.fitted_count
from users
left join memberships
    on users.user_id = memberships.user_id
where
    coalesce(memberships.of_rules_count, 0) <> 4
    or (users.has_fitted_schemes = 1 and coalesce(memberships.fitted_count, 0) <> 3)
