{#
    One row per date and user with a segment: the group whose popular products the user may be recommended, by the scheme
    of `seg__recommendation_scheme`, from what was known before the date.
#}
{{ config(materialized='kept_in_realtime') }}

{% set scheme = var('seg__recommendation_scheme') %}

{% set users %}
    select user_features.*
    from {{ ref('seg__user_features') }} as user_features
    inner join {{ ref('int_seg__as_of_dates') }} as as_of_dates
        on user_features.as_of_date = as_of_dates.as_of_date
    where as_of_dates.split in {{ recommended_splits() }}
{% endset %}

with

memberships as (

    {{ recommendation_segments(scheme, users) }}

),

names as (

    {{ reference_rows('segments', "scheme || '.' || segment_key", ['scheme', 'segment_key', 'segment_name']) }}

)

select
    memberships.as_of_date,
    memberships.user_id,
    memberships.segment_key,
    cast(coalesce(names.segment_name, memberships.segment_key) as string) as segment_name
from memberships
left join names
    on
        names.scheme = '{{ scheme }}'
        and memberships.segment_key = names.segment_key
where
    memberships.segment_key is not null
    and {{ only_users_to_refresh('memberships.user_id', 'int_seg__users_to_measure') }}
