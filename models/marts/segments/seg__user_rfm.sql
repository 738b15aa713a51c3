{# One row per user: how recently, how often and for how much, scored among all buyers as of the scoring date. #}
{{ rfm_scored(users_as_of('scoring')) }}
