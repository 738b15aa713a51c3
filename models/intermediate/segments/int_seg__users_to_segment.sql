{# One row per user: what segments are made and described by, as of the scoring date, in the features' own units. #}
{{ users_to_segment(users_as_of('scoring'), ref('int_seg__user_content')) }}
