{# One row per user, as of the earlier date: what segments are made by. #}
{{ users_to_segment(users_as_of('outcomes')) }}
