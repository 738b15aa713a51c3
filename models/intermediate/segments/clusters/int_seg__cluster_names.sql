{#
    One row per fitted scheme and cluster, and per node of the tree (scheme `node`): a name made of what stands out most
    (the role) and next (the adjective), as unlike the average as a third of a standard deviation or more, and, of a
    cluster, known of half of its users or more, as in its description. A name that is taken tries the next feature's
    adjective and at last a number, so names are unique within the scheme.
#}

{% set least_difference = 0.33 %}
{% set clusters = {
    'kmeans': ('int_seg__cluster_assignments', 'cluster_number'),
    'hierarchical_coarse': ('int_seg__hierarchy_assignments', 'coarse_number'),
    'hierarchical': ('int_seg__hierarchy_assignments', 'fine_number'),
} %}

with

differences as (

    {% for feature in cluster_features() %}
    select
        means.scheme,
        means.cluster_number,
        scaling.feature_name,
        {# In standard deviations, whatever the feature weighs. Rounded: the rank must not hang on the last digits. #}
        round(means.scaled_{{ feature.name }} / scaling.weight, 6) as difference
    from {{ ref('int_seg__cluster_means') }} as means
    inner join {{ ref('int_seg__cluster_scaling') }} as scaling
        on scaling.feature_name = '{{ feature.name }}' and scaling.weight > 0
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

known as (

    {% for scheme, (assignments, number) in clusters.items() %}
    select
        '{{ scheme }}' as scheme,
        cast(assignments.{{ number }} as int) as cluster_number,
        count(*) as user_count,
        {% for feature in cluster_features() %}
        count(users.{{ feature.name }}) as {{ feature.name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref(assignments) }} as assignments
    inner join {{ ref('int_seg__users_to_segment') }} as users
        on assignments.user_id = users.user_id
    group by assignments.{{ number }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

hardly_known as (

    {% for feature in cluster_features() %}
    select
        scheme,
        cluster_number,
        '{{ feature.name }}' as feature_name
    from known
    where 2 * {{ feature.name }} < user_count
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

words as (

    select *
    from {{ ref('int_seg__feature_words') }}

),

outstanding as (

    select
        differences.scheme,
        differences.cluster_number,
        case when differences.difference > 0 then words.high_role else words.low_role end as role,
        case when differences.difference > 0 then words.high_adjective else words.low_adjective end as adjective,
        row_number() over (
            partition by differences.scheme, differences.cluster_number
            order by abs(differences.difference) desc, differences.feature_name
        ) as feature_rank
    from differences
    inner join words
        on differences.feature_name = words.feature_name
    left join hardly_known
        on
            differences.scheme = hardly_known.scheme
            and differences.cluster_number = hardly_known.cluster_number
            and differences.feature_name = hardly_known.feature_name
    where abs(differences.difference) >= {{ least_difference }} and hardly_known.feature_name is null

),

candidates as (

    select
        means.scheme,
        means.cluster_number,
        coalesce(
            max(case when outstanding.feature_rank = 1 then outstanding.role end), max(phrases.typical_role)
        ) as role,
        max(case when outstanding.feature_rank = 2 then outstanding.adjective end) as first_adjective,
        max(case when outstanding.feature_rank = 3 then outstanding.adjective end) as second_adjective
    from {{ ref('int_seg__cluster_means') }} as means
    cross join ({{ phrases_in_one_row(['typical_role']) }}) as phrases
    left join outstanding
        on
            means.scheme = outstanding.scheme
            and means.cluster_number = outstanding.cluster_number
    group by means.scheme, means.cluster_number

),

first_tried as (

    select
        *,
        row_number() over (partition by scheme, role, first_adjective order by cluster_number) as first_copy
    from candidates

),

second_tried as (

    select
        scheme,
        cluster_number,
        first_copy,
        case
            when coalesce(case when first_copy = 1 then first_adjective else second_adjective end, first_adjective)
                is null then {{ capitalized('role') }}
            else coalesce(case when first_copy = 1 then first_adjective else second_adjective end, first_adjective)
                || ' ' || role
        end as name
    from first_tried

),

numbered as (

    select
        *,
        row_number() over (partition by scheme, name order by first_copy, cluster_number) as name_copy
    from second_tried

)

select
    scheme,
    cluster_number,
    cast(name || case when name_copy > 1 then ' ' || cast(name_copy as string) else '' end as string) as segment_name
from numbered
