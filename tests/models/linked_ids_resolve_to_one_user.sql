{# Accepted links whose two ids resolve to different users. #}
select
    identities.user_id,
    identities.alias_id
from {{ ref('int_seg__identities_kept') }} as identities
left join {{ ref('int_seg__user_aliases') }} as users
    on identities.user_id = users.source_user_id
left join {{ ref('int_seg__user_aliases') }} as aliases
    on identities.alias_id = aliases.source_user_id
where
    users.user_id is null
    or users.user_id is distinct from aliases.user_id
