{#
    One row per history group of users and group of the metrics that it is part of, with the group that that one is part
    of: what is told of both tells of the rest between them.
#}
{% macro recommendation_user_groups() %}
    {% for history_group, user_group, parent_group in [
        ('none', 'all', 'all'),
        ('little', 'all', 'all'),
        ('much', 'all', 'all'),
        ('none', 'without_history', 'all'),
        ('little', 'with_history', 'all'),
        ('much', 'with_history', 'all'),
        ('little', 'little_history', 'with_history'),
        ('much', 'much_history', 'with_history'),
    ] %}
    select
        '{{ history_group }}' as history_group,
        '{{ user_group }}' as user_group,
        '{{ parent_group }}' as parent_group
    {{ 'union all' if not loop.last }}
    {% endfor %}
{% endmacro %}
