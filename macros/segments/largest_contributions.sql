{#
    A select of one row per row of the relation and rank: the features with the largest contributions above zero, from the
    columns contribution_<feature> and value_<feature>, beside the `kept` columns.
#}
{% macro largest_contributions(relation, kept, features, count) %}
    {% set contributions = [] %}
    {% set values = [] %}
    {% for feature in features %}
        {% do contributions.append('contribution_' ~ feature.name) %}
        {% do values.append('value_' ~ feature.name) %}
    {% endfor %}
    select
        {{ kept | join(', ') }},
        rank_number as reason_rank,
        case place
            {% for feature in features %}
            when {{ loop.index }} then '{{ feature.name }}'
            {% endfor %}
        end as feature_name,
        case place
            {% for value in values %}
            when {{ loop.index }} then {{ value }}
            {% endfor %}
        end as feature_value,
        amount as contribution
    from (
        {{ largest_in_row(relation, kept + values, contributions, count) }}
    ) as largest
{% endmacro %}
