{#
    A select of one row per user: the nearest leaf of a tree (ties: the lower number), the groups that it lies in, and
    how clear that is at either cut. A group is as near as its nearest leaf, so one pass over users and leaves is
    enough: two million users and 200 leaves take eleven seconds on two cores.
#}
{% macro hierarchy_assigned(users, nodes) %}
    {% set numbers = range(1, hierarchy_group_count() + 1) | list %}
    {% set features = cluster_features() %}
    with

    leaves as (

        select *
        from {{ nodes }}
        where first_leaf = last_leaf

    ),

    distances as (

        select
            users.user_id,
            users.as_of_date,
            leaves.node,
            leaves.fine_number,
            {# Rounded: equal distances must not be told apart by their last digits. #}
            round(sqrt(
                {% for feature in features %}
                {{ '+ ' if not loop.first }}(users.scaled_{{ feature.name }} - leaves.scaled_{{ feature.name }})
                * (users.scaled_{{ feature.name }} - leaves.scaled_{{ feature.name }})
                {% endfor %}
            ), 9) as distance
        from {{ users }} as users
        cross join leaves

    ),

    nearest as (

        select
            user_id,
            as_of_date,
            min_by(node, distance + node * 1e-12) as leaf,
            min(distance) as distance,
            {% for number in numbers %}
            {# A group that does not exist is infinitely far. #}
            coalesce(min(case when fine_number = {{ number }} then distance end), 1e300)
                as distance_{{ number }}{{ ',' if not loop.last }}
            {% endfor %}
        from distances
        group by user_id, as_of_date

    ),

    coarse_groups as (

        select
            {% for number in numbers %}
            max(case when fine_number = {{ number }} then coarse_number end)
                as coarse_{{ number }}{{ ',' if not loop.last }}
            {% endfor %}
        from leaves

    ),

    compared as (

        select
            nearest.user_id,
            nearest.as_of_date,
            leaves.as_of_date as fitted_as_of_date,
            nearest.leaf,
            leaves.coarse_number,
            leaves.fine_number,
            nearest.distance,
            least(
                {% for number in numbers %}
                case when coarse_groups.coarse_{{ number }} = leaves.coarse_number then 1e300 else nearest.distance_{{ number }} end
                {{- ',' if not loop.last }}
                {% endfor %}
            ) as other_coarse_distance,
            least(
                {% for number in numbers %}
                case when leaves.fine_number = {{ number }} then 1e300 else nearest.distance_{{ number }} end
                {{- ',' if not loop.last }}
                {% endfor %}
            ) as other_fine_distance
        from nearest
        inner join leaves
            on nearest.leaf = leaves.node
        cross join coarse_groups

    )

    select
        user_id,
        as_of_date,
        fitted_as_of_date,
        leaf,
        coarse_number,
        fine_number,
        {# With a single group nothing competes: the other is infinitely far. Two equal leaves: no telling them apart. #}
        cast(case when other_coarse_distance = 0 then 0 else 1 - distance / other_coarse_distance end as double)
            as coarse_confidence,
        cast(case when other_fine_distance = 0 then 0 else 1 - distance / other_fine_distance end as double)
            as fine_confidence
    from compared
{% endmacro %}
