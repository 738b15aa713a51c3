{# One row per user: the tier by net revenue of all time, as of the scoring date. #}
{{ value_tier_memberships(users_as_of('scoring')) }}
