{#
    What is wrong with the values of the vars that a shop is likely to set, one text per var; an empty list where nothing is.
    Others that take only some values (`seg__refit_policy`, `seg__pinned_models`, ...) are checked where they are read.
#}
{% macro setting_problems() %}
    {% set problems = [] %}

    {% for name, least in {
        'seg__horizon_days': 1, 'seg__training_date_count': 1, 'seg__recommendation_count': 1, 'seg__minimum_group_size': 1,
        'seg__max_training_rows': 1, 'seg__max_users_at_once': 0, 'seg__random_seed': 0, 'seg__cluster_count': 1,
        'seg__max_recommendations_per_category': 1, 'seg__session_gap_minutes': 1, 'seg__lookalike_count': 1,
        'seg__attribution_days': 1, 'seg__experiment_window_days': 1,
    }.items() %}
        {% set value = var(name) %}
        {% set may_be_null = name in ['seg__cluster_count', 'seg__max_recommendations_per_category'] %}
        {% if not (value is none and may_be_null) and (value is boolean or value is not integer or value < least) %}
            {% do problems.append(
                name ~ " is '" ~ value ~ "': it must be a whole number, " ~ least ~ ' or more' ~ (', or null' if may_be_null else '')
            ) %}
        {% endif %}
    {% endfor %}

    {% for name in ['seg__exploration_share', 'seg__minimum_margin_share', 'seg__identity_confidence', 'seg__minimum_repeat_rate'] %}
        {% set value = var(name) %}
        {% set may_be_null = name == 'seg__minimum_margin_share' %}
        {% if not (value is none and may_be_null) and (value is boolean or value is not number or value < 0 or value > 1) %}
            {% do problems.append(
                name ~ " is '" ~ value ~ "': it must be a number from 0 to 1" ~ (', or null' if may_be_null else '')
            ) %}
        {% endif %}
    {% endfor %}

    {% for name in ['seg__recommend_repeats', 'seg__next_within_sessions', 'seg__personalise_without_consent'] %}
        {% if var(name) is not boolean %}
            {% do problems.append(name ~ " is '" ~ var(name) ~ "': it must be true or false") %}
        {% endif %}
    {% endfor %}

    {% for name in ['seg__as_of_date', 'seg__earliest_date'] %}
        {% set value = var(name) %}
        {% if value is not none and not modules.re.match('\\d{4}-\\d{2}-\\d{2}', value | string) %}
            {% do problems.append(name ~ " is '" ~ value ~ "': it must be a date like 2026-07-01" ~ (
                ', or null' if name == 'seg__as_of_date' else ''
            )) %}
        {% endif %}
    {% endfor %}

    {{ return(problems) }}
{% endmacro %}
