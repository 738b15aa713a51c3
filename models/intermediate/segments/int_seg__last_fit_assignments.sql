{#
    One row per user, where a fit is due and there was one before: the segment that the last fit would give the user today.
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
        {# Rounded, then the lower number: equal distances must not be told apart by their last digits. #}
        min_by(segment_key, round(distance, 9) + cluster_number * 1e-12) as segment_key,
        min_by(cluster_number, round(distance, 9) + cluster_number * 1e-12) as cluster_number
    from distances
    group by user_id

)

select * from nearest
