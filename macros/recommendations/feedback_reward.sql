{# The 0/1 column of `int_seg__recommendation_feedback_impressions` that counts as success. #}
{% macro feedback_reward() %}
    {% set columns = {'click': 'is_clicked', 'redemption': 'is_redeemed', 'order': 'is_ordered'} %}
    {% if var('seg__feedback_reward') not in columns %}
        {% do exceptions.raise_compiler_error(
            'seg__feedback_reward: ' ~ var('seg__feedback_reward') ~ '; possible are ' ~ columns | join(', ')
        ) %}
    {% endif %}
    {{ return(columns[var('seg__feedback_reward')]) }}
{% endmacro %}
