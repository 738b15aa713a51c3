{#
    A select of one row per user: the cluster features, winsorized, logged where skewed, standardized by a fit's scaling
    and times their weight; 0 is the mean of that fit, never null. No row where there is no scaling.
#}
{% macro cluster_scaled(users, scaling, weighted=true) %}
    {% set features = cluster_features() %}
    {% set parameters = ['transform', 'fill', 'low', 'high', 'mean', 'standard_deviation'] %}
    select
        users.user_id,
        users.as_of_date,
        users.has_been_seen,
        users.net_revenue,
        {% for feature in features %}
        coalesce(
            ({{ cluster_transformed(feature) }} - {{ feature.name }}_mean)
            / case when {{ feature.name }}_standard_deviation > 0 then {{ feature.name }}_standard_deviation end,
            0
        ){{ ' * ' ~ feature.name ~ '_weight' if weighted }} as scaled_{{ feature.name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ users }} as users
    cross join (
        select
            {% for feature in features %}
            {% for parameter in parameters %}
            max(case when feature_name = '{{ feature.name }}' then {{ parameter }} end)
                as {{ feature.name }}_{{ parameter }},
            {% endfor %}
            {% if weighted %}
            coalesce(max(case when feature_name = '{{ feature.name }}' then weight end), 1) as {{ feature.name }}_weight,
            {% endif %}
            {% endfor %}
            count(*) as parameter_count
        from {{ scaling }}
    ) as scaling
    where scaling.parameter_count > 0
{% endmacro %}

{# Columns of a fit's scaling: name -> type. #}
{% macro cluster_scaling_columns() %}
    {{ return({
        'as_of_date': 'date', 'feature_name': 'string', 'transform': 'string', 'fill': 'string', 'low': 'double',
        'high': 'double', 'mean': 'double', 'standard_deviation': 'double', 'rule_weight': 'double', 'weight': 'double'
    }) }}
{% endmacro %}

{#
    A select of how the standardized features are distributed, whatever they weigh: users per feature and bin, a bin a
    tenth of a standard deviation wide, three and more on either side in one.
#}
{% macro cluster_histogram(features, scaling) %}
    {% for feature in cluster_features() %}
    select
        feature_name,
        bin_number,
        count(*) as user_count
    from (
        select
            '{{ feature.name }}' as feature_name,
            cast(floor(
                least(greatest(round(features.scaled_{{ feature.name }} / coalesce(scaling.weight, 1), 6), -3.0), 3.0) * 10
            ) as int) as bin_number
        from {{ features }} as features
        cross join {{ scaling }} as scaling
        where features.has_been_seen and scaling.feature_name = '{{ feature.name }}' and coalesce(scaling.weight, 1) > 0
    ) as binned_{{ feature.name }}
    group by feature_name, bin_number
    {{ 'union all' if not loop.last }}
    {% endfor %}
{% endmacro %}
