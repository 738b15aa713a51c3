{# A select of the users who get a list at the scoring date: as_of_date, user_id, user_number and the weights that theirs is scored by. #}
{% macro serving_users() -%}
    select
        users.as_of_date,
        users.user_id,
        users.user_number,
        weights.*
    from {{ of_run('int_seg__recommendation_users') }} as users
    left join {{ ref('int_seg__users_to_personalise') }} as to_personalise
        on users.user_id = to_personalise.user_id
    inner join {{ ref('int_seg__serving_weights') }} as weights
        on
            users.history_group = weights.history_group
            and (to_personalise.user_id is not null) = weights.is_personalised
    where
        users.is_served
        and users.split = 'scoring'
        and {{ is_users_turn('users.user_id') }}
{%- endmacro %}
