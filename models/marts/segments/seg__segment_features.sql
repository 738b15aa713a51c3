{# One row per scheme, segment and feature: the segment's mean and how far it lies from the mean of all users. #}

{% set features = segment_features() %}

with

users as (

    select * from {{ ref('int_seg__users_to_segment') }}

),

overall_means as (

    select
        {% for feature in features %}
        {{ ratio(exact_sum(feature.name), 'count(' ~ feature.name ~ ')') }} as {{ feature.name }}_mean,
        {# Squares are summed in units of the range: a few huge values would not fit otherwise. #}
        nullif(cast(max({{ feature.name }}) - min({{ feature.name }}) as double), 0) as {{ feature.name }}_range
        {{- ',' if not loop.last }}
        {% endfor %}
    from users

),

overall_deviations as (

    select
        {% for feature in features %}
        {% set deviation -%}
        (({{ feature.name }} - {{ feature.name }}_mean) / {{ feature.name }}_range)
        {%- endset %}
        sqrt({{ ratio(exact_sum(deviation ~ ' * ' ~ deviation), 'count(' ~ feature.name ~ ')') }})
        * max({{ feature.name }}_range) as {{ feature.name }}_deviation{{ ',' if not loop.last }}
        {% endfor %}
    from users
    cross join overall_means

),

segment_means as (

    select
        user_segments.scheme,
        user_segments.segment_key,
        user_segments.as_of_date,
        {% for feature in features %}
        count(users.{{ feature.name }}) as {{ feature.name }}_count,
        {{ ratio(exact_sum('users.' ~ feature.name), 'count(users.' ~ feature.name ~ ')') }}
            as {{ feature.name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_seg__published_user_segments') }} as user_segments
    inner join users
        on user_segments.user_id = users.user_id
    group by user_segments.scheme, user_segments.segment_key, user_segments.as_of_date

)

{% for feature in features %}
select
    segment_means.scheme,
    segment_means.segment_key,
    segment_means.as_of_date,
    cast('{{ feature.name }}' as string) as feature_name,
    segment_means.{{ feature.name }} as mean,
    case
        when segment_means.{{ feature.name }} is null then null
        when overall_deviations.{{ feature.name }}_deviation > 0
            then (segment_means.{{ feature.name }} - overall_means.{{ feature.name }}_mean)
                / overall_deviations.{{ feature.name }}_deviation
        else cast(0 as double)
    end as standardized_difference,
    cast(segment_means.{{ feature.name }}_count as bigint) as user_count
from segment_means
cross join overall_means
cross join overall_deviations
{{ 'union all' if not loop.last }}
{% endfor %}
