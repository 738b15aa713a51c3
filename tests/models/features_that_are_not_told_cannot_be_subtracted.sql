-- Of each feature: the users for whom it is known in all segments of a scheme in which it is not told. Where a realtime run
-- has scored users since the tables of groups were built, their features are no longer those that the tables speak of.
with

changed as (

    select count(*) as user_count
    from {{ upstream('int_seg__users_to_segment') }} as users
    full outer join {{ upstream('int_seg__segments_wanted') }} as built
        on users.user_id = built.user_id
    where
        users.as_of_date is distinct from built.as_of_date
        or users.net_revenue is distinct from built.net_revenue
        or users.session_count is distinct from built.session_count

),

counted as (

    select
        published.scheme,
        published.segment_key,
        {% for feature in segment_features() %}
        count(users.{{ feature.name }}) as {{ feature.name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ upstream('int_seg__published_user_segments') }} as published
    inner join {{ upstream('int_seg__users_to_segment') }} as users
        on published.user_id = users.user_id
    group by published.scheme, published.segment_key

),

known as (

    {% for feature in segment_features() %}
    select
        scheme,
        segment_key,
        '{{ feature.name }}' as feature_name,
        {{ feature.name }} as known_count
    from counted
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- Of a feature that is told nowhere there is nothing to subtract from.
told as (

    select distinct feature_name
    from {{ ref('seg__segment_features') }}
    where mean is not null

)

select
    known.scheme,
    known.feature_name,
    sum(known.known_count) as known_count
from known
inner join {{ ref('seg__segment_features') }} as features
    on
        known.scheme = features.scheme
        and known.segment_key = features.segment_key
        and known.feature_name = features.feature_name
inner join told
    on known.feature_name = told.feature_name
cross join changed
where features.mean is null and changed.user_count = 0
group by known.scheme, known.feature_name
having sum(known.known_count) between 1 and {{ var('seg__minimum_group_size') }} - 1
