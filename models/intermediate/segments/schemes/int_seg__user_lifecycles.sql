{# One row per user: the stage of the buyer's life as of the scoring date. #}
{{ lifecycle_stages(users_as_of('scoring')) }}
