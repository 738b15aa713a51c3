{#
    Whether a realtime run finds tables of its path that an earlier build began and none finished. Some of them may then hold
    what the inputs or settings of that build were, of which the fingerprints of the last finished one know nothing.
#}
{% macro has_broken_off() %}
    {% if 'seg__has_broken_off' not in graph %}
        {% set found = namespace(node=none) %}
        {% if load_relation(unfinished_nodes()) %}
            {% set earlier = "select node from " ~ unfinished_nodes() ~ " where invocation_id <> '" ~ invocation_id ~ "'" %}
            {% for row in run_query(earlier).rows if row[0].startswith('model.') %}
                {% if 'realtime' in graph.nodes.get(row[0], {}).get('tags', []) %}
                    {% set found.node = row[0] %}
                {% endif %}
            {% endfor %}
        {% endif %}
        {% do graph.update({'seg__has_broken_off': found.node is not none}) %}
    {% endif %}
    {{ return(graph['seg__has_broken_off']) }}
{% endmacro %}
