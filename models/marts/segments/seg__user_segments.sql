{# One row per user and scheme: the segment that the user belongs to as of the scoring date. #}

with

names as (

    {{ reference_rows('segments', "scheme || '.' || segment_key", ['scheme', 'segment_key', 'segment_name']) }}

),

by_rules as (

    {% for scheme, relation in {
        'lifecycle': 'int_seg__user_lifecycles',
        'value_tier': 'int_seg__user_value_tiers',
        'behaviour': 'int_seg__user_behaviours',
    }.items() %}
    select
        user_id,
        as_of_date,
        '{{ scheme }}' as scheme,
        segment_key
    from {{ ref(relation) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

memberships as (

    select
        user_id,
        as_of_date,
        'rfm' as scheme,
        segment_key,
        segment_name,
        1.0 as confidence
    from {{ ref('seg__user_rfm') }}

    union all

    select
        by_rules.user_id,
        by_rules.as_of_date,
        by_rules.scheme,
        by_rules.segment_key,
        {# A shop may add types of its own without naming them. #}
        coalesce(names.segment_name, by_rules.segment_key) as segment_name,
        1.0 as confidence
    from by_rules
    left join names
        on
            by_rules.scheme = names.scheme
            and by_rules.segment_key = names.segment_key

    union all

    select
        assignments.user_id,
        assignments.as_of_date,
        assignments.scheme,
        versions.segment_key,
        versions.segment_name,
        assignments.confidence
    from {{ ref('int_seg__segment_assignments') }} as assignments
    inner join {{ ref('seg__segment_versions') }} as versions
        on
            assignments.fitted_as_of_date = versions.as_of_date
            and assignments.scheme = versions.scheme
            and assignments.cluster_number = versions.cluster_number

)

select
    user_id,
    as_of_date,
    cast(scheme as string) as scheme,
    cast(segment_key as string) as segment_key,
    cast(segment_name as string) as segment_name,
    cast(confidence as double) as confidence
from memberships
