{# One row per user: the type of behaviour that the shop's rules see, as of the scoring date. #}
{{ behaviour_memberships(user_features_of('scoring')) }}
