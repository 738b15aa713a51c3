{#
    A select of one row per node of one tree, whose fit is long: where it stands, the group that it is or lies in at
    either cut, and its mean in standardized units.
#}
{% macro hierarchy_nodes(fits) %}
    select
        as_of_date,
        node,
        {% for name, type in {
            'parent': 'int', 'first_leaf': 'int', 'last_leaf': 'int', 'coarse_number': 'int', 'fine_number': 'int',
            'height': 'double'
        }.items() %}
        cast(max(case when record_type = 'tree' and item_name = '{{ name }}' then item_value end) as {{ type }})
            as {{ name }},
        {% endfor %}
        {% for feature in cluster_features() %}
        coalesce(max(case when record_type = 'mean' and item_name = '{{ feature.name }}' then item_value end), 0)
            as scaled_{{ feature.name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ fits }}
    group by as_of_date, node
{% endmacro %}
