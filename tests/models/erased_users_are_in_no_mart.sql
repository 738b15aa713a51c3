{#
    Users of the widest tables who asked to be forgotten; a Python test looks into every column of every table. A new request
    refreshes everybody: where some users are refreshed, the others were looked at before.
#}
select users.user_id
from (
    select user_id from {{ ref('int_seg__users') }}
    {% for relation in [events_of_run(), upstream('seg__order_lines')] %}
    {% for column in ['user_id', 'source_user_id'] %}
    union all
    select {{ column }} as user_id
    from {{ relation }}
    where {{ only_users_to_refresh('user_id') }}
    {% endfor %}
    {% endfor %}
    union all
    select source_user_id as user_id from {{ upstream('int_seg__user_aliases') }}
) as users
inner join {{ upstream('int_seg__erased_users') }} as erased_users
    on users.user_id = erased_users.user_id
