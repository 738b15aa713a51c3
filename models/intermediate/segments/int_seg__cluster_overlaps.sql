{#
    One row per cluster of a new fit and segment of the last one: the users whom each would take. No row without a
    new fit and one before.
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
        versions.cluster_number,
        versions.segment_key
    from ({{ earlier_rows({
        'as_of_date': 'date', 'scheme': 'string', 'segment_key': 'string', 'cluster_number': 'int'
    }, model='seg__segment_versions') }}) as versions
    inner join last_fit
        on versions.as_of_date = last_fit.as_of_date
    where versions.scheme = 'kmeans' and versions.cluster_number is not null

),

distances as (

    select
        users.user_id,
        keys.segment_key,
        keys.cluster_number,
        {% for feature in features %}
        {{ '+ ' if not loop.first }}(users.scaled_{{ feature.name }} - centroids.{{ feature.name }})
        * (users.scaled_{{ feature.name }} - centroids.{{ feature.name }})
        {% endfor %} as distance
    from {{ ref('int_seg__last_fit_features') }} as users
    cross join centroids
    inner join keys
        on centroids.cluster_number = keys.cluster_number
    where (select bool_or(is_refit) from {{ ref('int_seg__refit_decisions') }})

),

nearest as (

    select
        user_id,
        min_by(segment_key, distance) as segment_key
    from distances
    group by user_id

)

select
    assignments.as_of_date,
    assignments.cluster_number,
    nearest.segment_key as last_segment_key,
    count(*) as user_count
from nearest
inner join {{ ref('int_seg__cluster_assignments') }} as assignments
    on nearest.user_id = assignments.user_id
group by assignments.as_of_date, assignments.cluster_number, nearest.segment_key
