{# The rows of a model of the users that the run scores, in brackets. #}
{% macro scored_users(model_name) -%}
    (
        select *
        from {{ ref(model_name) }}
        where {{ only_users_to_refresh('user_id', 'int_seg__users_to_score') }}
    )
{%- endmacro %}
