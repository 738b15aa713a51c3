{#
    One row per purpose and user outside of what it learns from: the squared distance from the audience, in units of
    the audience's spread, less that from all users in units of theirs. A feature in which the audience is like everybody tells nothing then,
    and one in which it is alike and unlike the others tells most. Two normal distributions with independent features: the
    distance is minus twice the log odds that a user was drawn from the audience's. No user is compared with any other, so two million take seconds.
#}

select
    moments.purpose,
    features.user_id,
    features.as_of_date,
    {# Rounded: ranks must not hang on the last digits. A feature in which all are equal tells nothing. #}
    round(
        {% for feature in cluster_features() %}
        {{ '+ ' if not loop.first }}coalesce(
            power(features.scaled_{{ feature.name }} - moments.{{ feature.name }}_mean, 2)
            / nullif(moments.{{ feature.name }}_variance, 0)
            - power(features.scaled_{{ feature.name }} - moments.{{ feature.name }}_mean_of_all, 2)
            / nullif(moments.{{ feature.name }}_variance_of_all, 0)
            + ln(nullif(moments.{{ feature.name }}_variance, 0) / nullif(moments.{{ feature.name }}_variance_of_all, 0)),
            0
        )
        {% endfor %},
        9
    ) as distance,
    audience.user_id is not null as is_held_back
from {{ ref('int_seg__cluster_features') }} as features
cross join {{ ref('int_seg__lookalike_moments') }} as moments
left join {{ ref('int_seg__lookalike_audience') }} as audience
    on features.user_id = audience.user_id
where
    features.has_been_seen
    and (audience.user_id is null or (moments.purpose = 'check' and audience.is_held_back))
