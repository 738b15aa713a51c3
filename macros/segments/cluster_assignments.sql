{#
    A select of one row per user: the nearest cluster, the second nearest (ties: the lower number) and how clear that
    is. All centroids stand in one row, so every user is read once and nothing is grouped: two million users take
    seconds.
#}
{% macro cluster_assignments(features, centroids) %}
    {% set columns = cluster_features() %}
    {% set numbers = range(1, most_clusters() + 1) | list %}

    with

    centroids as (

        select
            {% for number in numbers %}
            {% for feature in columns %}
            max(case when cluster_number = {{ number }} then scaled_{{ feature.name }} end)
                as {{ feature.name }}_{{ number }},
            {% endfor %}
            {% endfor %}
            max(as_of_date) as fitted_as_of_date,
            count(*) as cluster_count
        from {{ centroids }}

    ),

    distances as (

        select
            users.user_id,
            users.as_of_date,
            centroids.fitted_as_of_date,
            {# A cluster that does not exist has a null distance. #}
            {% for number in numbers %}
            sqrt(
                {% for feature in columns %}
                {{ '+ ' if not loop.first }}(users.scaled_{{ feature.name }} - centroids.{{ feature.name }}_{{ number }})
                * (users.scaled_{{ feature.name }} - centroids.{{ feature.name }}_{{ number }})
                {% endfor %}
            ) as distance_{{ number }}{{ ',' if not loop.last }}
            {% endfor %}
        from {{ features }} as users
        cross join centroids
        where centroids.cluster_count > 0

    ),

    nearest as (

        select
            *,
            least(
                {% for number in numbers %}
                coalesce(distance_{{ number }}, 1e300),
                {% endfor %}
                1e300
            ) as nearest_distance
        from distances

    ),

    assigned as (

        select
            *,
            case
                {% for number in numbers %}
                when distance_{{ number }} = nearest_distance then {{ number }}
                {% endfor %}
            end as cluster_number
        from nearest

    ),

    compared as (

        select
            *,
            nullif(least(
                {% for number in numbers %}
                case when cluster_number = {{ number }} then 1e300 else coalesce(distance_{{ number }}, 1e300) end,
                {% endfor %}
                1e300
            ), 1e300) as second_distance
        from assigned

    )

    select
        user_id,
        as_of_date,
        fitted_as_of_date,
        cast(cluster_number as int) as cluster_number,
        cast(case
            {% for number in numbers %}
            when distance_{{ number }} = second_distance and cluster_number <> {{ number }} then {{ number }}
            {% endfor %}
        end as int) as second_cluster_number,
        {# With a single cluster nothing competes. Two equal centroids: no telling them apart. #}
        cast(case
            when second_distance is null then 1
            when second_distance = 0 then 0
            else 1 - nearest_distance / second_distance
        end as double) as confidence
    from compared
{% endmacro %}
