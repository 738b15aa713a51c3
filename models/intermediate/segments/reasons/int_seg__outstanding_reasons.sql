{#
    One row per user, scheme that has no rule or centroid of its own to point to, and rank: the features in which the
    segment differs most from all users and the user does so in the same direction, the strongest three. The contribution
    is the product of the two differences, each in standard deviations of all users. No row where the segment is too small
    to be published.
#}

{% set features = segment_features() %}

with

spreads as (

    {{ feature_spreads(ref('int_seg__users_to_segment')) }}

),

segment_differences as (

    select
        scheme,
        segment_key,
        {% for feature in features %}
        max(case when feature_name = '{{ feature.name }}' then standardized_difference end)
            as {{ feature.name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('seg__segment_features') }}
    where
        scheme not in ('rfm', 'lifecycle', 'value_tier', 'kmeans')
        {# A type of behaviour has its conditions to point to, but for the one that takes the rest. #}
        and not (
            scheme = 'behaviour'
            and segment_key in (select reasons.segment_key from {{ ref('int_seg__behaviour_reasons') }} as reasons)
        )
    group by scheme, segment_key

),

contributions as (

    select
        user_segments.user_id,
        user_segments.as_of_date,
        user_segments.scheme,
        user_segments.segment_key,
        {% for feature in features %}
        users.{{ feature.name }} as value_{{ feature.name }},
        {# Rounded: the rank must not hang on the last digits. #}
        round(
            (users.{{ feature.name }} - spreads.{{ feature.name }}_mean)
            / nullif(spreads.{{ feature.name }}_deviation, 0) * segment_differences.{{ feature.name }},
            9
        ) as contribution_{{ feature.name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('seg__user_segments') }} as user_segments
    inner join segment_differences
        on
            user_segments.scheme = segment_differences.scheme
            and user_segments.segment_key = segment_differences.segment_key
    inner join {{ ref('int_seg__users_to_segment') }} as users
        on user_segments.user_id = users.user_id
    cross join spreads

)

{{ largest_contributions(
    'contributions',
    ['user_id', 'as_of_date', 'scheme', 'segment_key'],
    features, 3
) }}
