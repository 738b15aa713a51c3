{#
    One row per user and rank: the features that put the user nearer to the own centroid than to the second nearest, the
    strongest three. The contribution is how much less the squared distance to the own centroid is; over all features it
    adds up to the difference of the two distances, squared. Nobody has a reason where there is a single cluster.
#}

{% set features = cluster_features() %}

with

contributions as (

    select
        assignments.user_id,
        assignments.as_of_date,
        assignments.fitted_as_of_date,
        assignments.cluster_number,
        assignments.second_cluster_number,
        {% for feature in features %}
        users.{{ feature.name }} as value_{{ feature.name }},
        {# Rounded: the rank must not hang on the last digits. #}
        round(
            (features.scaled_{{ feature.name }} - others.scaled_{{ feature.name }})
            * (features.scaled_{{ feature.name }} - others.scaled_{{ feature.name }})
            - (features.scaled_{{ feature.name }} - own.scaled_{{ feature.name }})
            * (features.scaled_{{ feature.name }} - own.scaled_{{ feature.name }}),
            9
        ) as contribution_{{ feature.name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_seg__cluster_assignments') }} as assignments
    inner join {{ ref('int_seg__cluster_features') }} as features
        on assignments.user_id = features.user_id
    inner join {{ ref('int_seg__users_to_segment') }} as users
        on assignments.user_id = users.user_id
    inner join {{ ref('int_seg__cluster_centroids') }} as own
        on assignments.cluster_number = own.cluster_number
    inner join {{ ref('int_seg__cluster_centroids') }} as others
        on assignments.second_cluster_number = others.cluster_number

)

{{ largest_contributions(
    'contributions',
    ['user_id', 'as_of_date', 'fitted_as_of_date', 'cluster_number', 'second_cluster_number'],
    features, 3
) }}
