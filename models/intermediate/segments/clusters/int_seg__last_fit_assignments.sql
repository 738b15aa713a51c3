{#
    One row per user and fitted scheme, where a fit is due and there was one before: the segment that the last fit would
    give the user today. By cluster and user, unlike the assignment that serves: the last fit can have more clusters than the
    settings allow today.
#}

{% set features = cluster_features() %}

with

last_fit as (

    select distinct as_of_date
    from {{ ref('int_seg__last_fit_scaling') }}

),

centroids as (

    select
        fits.cluster_number,
        {% for feature in features %}
        max(case when fits.item_name = '{{ feature.name }}' then fits.item_value end)
            as {{ feature.name }}{{ ',' if not loop.last }}
        {% endfor %}
    from ({{ earlier_rows({
        'as_of_date': 'date', 'record_type': 'string', 'cluster_number': 'int', 'item_name': 'string',
        'item_value': 'double'
    }, model='int_seg__cluster_fits') }}) as fits
    inner join last_fit
        on fits.as_of_date = last_fit.as_of_date
    where fits.record_type = 'centroid'
    group by fits.cluster_number

),

keys as (

    select
        versions.scheme,
        versions.cluster_number,
        versions.segment_key
    from ({{ earlier_rows({
        'as_of_date': 'date', 'scheme': 'string', 'segment_key': 'string', 'cluster_number': 'int'
    }, model='seg__segment_versions') }}) as versions
    inner join last_fit
        on versions.as_of_date = last_fit.as_of_date
    where versions.cluster_number is not null

),

distances as (

    select
        users.user_id,
        centroids.cluster_number,
        {% for feature in features %}
        {{ '+ ' if not loop.first }}(users.scaled_{{ feature.name }} - centroids.{{ feature.name }})
        * (users.scaled_{{ feature.name }} - centroids.{{ feature.name }})
        {% endfor %} as distance
    from {{ ref('int_seg__last_fit_features') }} as users
    cross join centroids
    where (select bool_or(is_refit) from {{ ref('int_seg__refit_decisions') }})

),

assignments as (

    select
        user_id,
        'kmeans' as scheme,
        {# Rounded, then the lower number: equal distances must not be told apart by their last digits. #}
        min_by(cluster_number, round(distance, 9) + cluster_number * 1e-12) as cluster_number
    from distances
    group by user_id

    union all

    select
        user_id,
        'hierarchical_coarse' as scheme,
        coarse_number as cluster_number
    from {{ ref('int_seg__last_fit_hierarchy') }}

    union all

    select
        user_id,
        'hierarchical' as scheme,
        fine_number as cluster_number
    from {{ ref('int_seg__last_fit_hierarchy') }}

)

select
    assignments.user_id,
    assignments.scheme,
    keys.segment_key,
    assignments.cluster_number
from assignments
inner join keys
    on
        assignments.scheme = keys.scheme
        and assignments.cluster_number = keys.cluster_number
