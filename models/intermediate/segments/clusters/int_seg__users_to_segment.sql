{# One row per user: what segments are made and described by, as of the scoring date, in the features' own units. #}
{{ config(materialized='by_user', meta={'users': 'int_seg__users_to_score'}) }}
{{ users_to_segment(users_as_of('scoring'), ref('int_seg__user_content')) }}
where {{ only_users_to_refresh('users.user_id', 'int_seg__users_to_score') }}
