{# One row per cluster of the fit that serves: its centroid in standardized units, clusters numbered by net revenue per user. #}

select
    cast(as_of_date as date) as as_of_date,
    cast(cluster_number as int) as cluster_number,
    {% for feature in cluster_features() %}
    coalesce(max(case when item_name = '{{ feature.name }}' then item_value end), 0)
        as scaled_{{ feature.name }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('int_seg__cluster_fits') }}
where
    record_type = 'centroid'
    and is_chosen
    and as_of_date in (select fitted_as_of_date from {{ ref('int_seg__cluster_scaling') }})
group by cast(as_of_date as date), cast(cluster_number as int)
