-- Of each feature: the users for whom it is known in all segments of a scheme in which it is not told.
with

known as (

    {% for feature in segment_features() %}
    select
        published.scheme,
        published.segment_key,
        '{{ feature.name }}' as feature_name,
        count(users.{{ feature.name }}) as known_count
    from {{ ref('int_seg__published_user_segments') }} as published
    inner join {{ ref('int_seg__users_to_segment') }} as users
        on published.user_id = users.user_id
    group by published.scheme, published.segment_key
    {{ 'union all' if not loop.last }}
    {% endfor %}

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
where features.mean is null
group by known.scheme, known.feature_name
having sum(known.known_count) between 1 and {{ var('seg__minimum_group_size') }} - 1
