{#
    One text for everything but rows that decides what tables by user hold: the settings, and the models and macros
    themselves. Another text, and everybody is refreshed. Several models ask: it is worked out once per run.
#}
{% macro refresh_settings() %}
    {% if not execute %}
        {# That is how dbt learns what the inputs' vars refer to. #}
        {% do settings_and_sources() %}
        {{ return('') }}
    {% endif %}
    {% if 'seg__refresh_settings' not in graph %}
        {% do graph.update({'seg__refresh_settings': local_md5(settings_and_sources() | sort | join('\n'))}) %}
    {% endif %}
    {{ return(graph['seg__refresh_settings']) }}
{% endmacro %}

{# The same as a list of texts. #}
{% macro settings_and_sources() %}
    {% set values = [] %}
    {% for name in [
        'seg__horizon_days', 'seg__training_date_count', 'seg__earliest_date', 'seg__maximum_amount',
        'seg__session_gap_minutes', 'seg__identity_confidence', 'seg__max_users_per_shared_id', 'seg__service_categories',
        'seg__cluster_modalities', 'seg__embedding_component_count', 'seg__text_topic_count',
        'seg__recommendation_count', 'seg__recommend_repeats', 'seg__recommendation_scheme', 'seg__low_rating',
        'seg__lifecycle_new_days', 'seg__lifecycle_active_days', 'seg__lifecycle_lapsed_days',
        'seg__max_recommendations_per_category', 'seg__exploration_share', 'seg__personalise_without_consent',
        'seg__purchase_half_life_days', 'seg__affinity_half_life_days', 'seg__browse_half_life_days', 'seg__much_history_products',
        'seg__max_own_products', 'seg__max_source_products', 'seg__max_regression_products_per_user',
        'seg__max_similar_candidates',
        'seg__minimum_repeat_rate', 'seg__repeat_damping_pairs', 'seg__random_seed', 'seg__experiment_control_names',
    ] %}
        {% do values.append(name ~ '=' ~ var(name)) %}
    {% endfor %}
    {# What the inputs are made of, too: edited, it may have made other rows under the same times. #}
    {% set given = [] %}
    {% for input_name in input_contract(none) if var('seg__' ~ input_name, none) %}
        {% do given.append(var('seg__' ~ input_name) | string) %}
        {% do values.append('seg__' ~ input_name ~ '=' ~ given[-1]) %}
    {% endfor %}
    {% for node in (graph.nodes.values() if execute else []) %}
        {% if node.relation_name in given %}
            {% do values.append(node.relation_name ~ '=' ~ node.checksum.checksum) %}
        {% endif %}
        {% if node.package_name == 'ecommerce_segmentation' and node.resource_type == 'model' and 'realtime' in node.tags %}
            {% do values.append(node.name ~ '=' ~ node.checksum.checksum) %}
        {% endif %}
    {% endfor %}
    {% for name, macro in (context['ecommerce_segmentation'] if execute else {}).items() %}
        {% do values.append(name ~ '=' ~ macro.macro.macro_sql) %}
    {% endfor %}
    {{ return(values) }}
{% endmacro %}
