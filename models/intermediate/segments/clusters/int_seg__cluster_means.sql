{#
    One row per fitted scheme and cluster of the fit that serves, and per node of the tree (scheme `node`, the root
    first): its mean in standardized units.
#}

{% set tree = [
    ('hierarchical_coarse', 'coarse_number', 'is_coarse_group'), ('hierarchical', 'fine_number', 'is_fine_group'),
    ('node', '-node', 'node is not null')
] %}

select
    as_of_date,
    'kmeans' as scheme,
    cluster_number,
    {% for feature in cluster_features() %}
    scaled_{{ feature.name }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('int_seg__cluster_centroids') }}

{% for scheme, number, condition in tree %}
union all

select
    as_of_date,
    '{{ scheme }}' as scheme,
    {{ number }} as cluster_number,
    {% for feature in cluster_features() %}
    scaled_{{ feature.name }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('int_seg__hierarchy_nodes') }}
where {{ condition }}
{% endfor %}
