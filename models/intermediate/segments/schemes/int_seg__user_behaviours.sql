{# One row per user: the type of behaviour that the shop's rules see, as of the scoring date. #}
{{ behaviour_memberships(users_as_of('scoring')) }}
