{# A select of one row: the mean and the standard deviation of each feature that describes segments, <feature>_mean and <feature>_deviation. #}
{% macro feature_spreads(users) %}
    {% set features = segment_features() %}
    select
        {% for feature in features %}
        max(means.{{ feature.name }}_mean) as {{ feature.name }}_mean,
        {% set deviation -%}
        ((users.{{ feature.name }} - means.{{ feature.name }}_mean) / means.{{ feature.name }}_range)
        {%- endset %}
        sqrt({{ ratio(exact_sum(deviation ~ ' * ' ~ deviation), 'count(users.' ~ feature.name ~ ')') }})
        * max(means.{{ feature.name }}_range) as {{ feature.name }}_deviation{{ ',' if not loop.last }}
        {% endfor %}
    from {{ users }} as users
    cross join (
        select
            {% for feature in features %}
            {{ ratio(exact_sum(feature.name), 'count(' ~ feature.name ~ ')') }} as {{ feature.name }}_mean,
            {# Squares are summed in units of the range: a few huge values would not fit otherwise. #}
            nullif(cast(max({{ feature.name }}) - min({{ feature.name }}) as double), 0) as {{ feature.name }}_range
            {{- ',' if not loop.last }}
            {% endfor %}
        from {{ users }} as all_users
    ) as means
{% endmacro %}
