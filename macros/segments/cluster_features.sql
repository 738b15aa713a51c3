{#
    What k-means may look at, written down once: name, expression over `seg__user_features`, and the row of
    `seg_ref__cluster_features` that says how it is scaled and how much it weighs. K-means asks how somebody shops. How
    lately is left to the rfm and lifecycle schemes: recency would split every group into its present and its past
    members.
#}
{% macro cluster_features() %}
    {% set modalities = var('seg__cluster_modalities') %}
    {% for modality in modalities if modality not in ['behaviour', 'embedding', 'text'] %}
        {{ exceptions.raise_compiler_error(
            "seg__cluster_modalities holds '" ~ modality ~ "': it may hold behaviour, embedding and text"
        ) }}
    {% endfor %}
    {% if not modalities %}
        {{ exceptions.raise_compiler_error("seg__cluster_modalities is empty: clusters need something to look at") }}
    {% endif %}
    {{ return((behaviour_cluster_features() if 'behaviour' in modalities else []) + content_features()) }}
{% endmacro %}

{# One event a visit tells of no time at all: how long somebody stayed is then unknown, not short. #}
{% macro behaviour_cluster_features() %}
    {% set expressions = {
        'sessions_per_month': 'session_count * 30.0 / greatest(days_since_first_seen, 30)',
        'conversion_rate': 'conversion_rate',
        'average_order_value': 'average_order_value',
        'units_per_order': 'units_per_order',
        'price_level': 'price_level',
        'discount_share': 'discount_share',
        'return_share': 'case when return_share > 1 then 1 else return_share end',
        'cart_abandonment_rate': 'cart_abandonment_rate',
        'views_per_session': ratio('view_count', 'session_count'),
        'browse_seconds_per_view': ratio('nullif(browse_seconds_per_session, 0) * session_count', 'view_count'),
        'category_entropy': 'category_entropy',
        'daytime_share': 'morning_share + afternoon_share',
        'weekend_share': 'weekend_share',
    } %}
    {% set features = [] %}
    {% for name, sql in expressions.items() %}
        {% do features.append({'name': name, 'sql': sql, 'rule': name}) %}
    {% endfor %}
    {{ return(features) }}
{% endmacro %}

{# What users deal with and write, compressed: columns of `int_seg__user_content`. #}
{% macro content_features() %}
    {% set features = [] %}
    {% for modality in ['embedding', 'text'] if modality in var('seg__cluster_modalities') %}
        {% for number in range(1, content_component_count(modality) + 1) %}
            {% set name = modality ~ '_' ~ number %}
            {% do features.append({
                'name': name, 'sql': name, 'rule': modality, 'modality': modality, 'component_number': number
            }) %}
        {% endfor %}
    {% endfor %}
    {{ return(features) }}
{% endmacro %}

{% macro content_component_count(modality) %}
    {{ return(var('seg__embedding_component_count' if modality == 'embedding' else 'seg__text_topic_count') | int) }}
{% endmacro %}

{# Further numbers that describe segments but do not shape the clusters. #}
{% macro segment_features() %}
    {% set described = [] %}
    {% for name in [
        'days_since_first_seen', 'days_since_last_seen', 'days_since_last_order', 'session_count', 'order_count',
        'net_revenue', 'coupon_order_share', 'mean_days_between_orders', 'favourite_brand_share', 'event_trend',
        'touch_response_rate', 'mean_rating'
    ] %}
        {% do described.append({'name': name, 'sql': name}) %}
    {% endfor %}
    {{ return(behaviour_cluster_features() + described + content_features()) }}
{% endmacro %}
