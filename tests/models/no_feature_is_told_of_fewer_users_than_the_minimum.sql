{# Neither of fewer for whom it is known nor of fewer for whom it is not. #}
select
    features.scheme,
    features.segment_key,
    features.feature_name,
    features.user_count,
    segments.user_count as segment_user_count
from {{ upstream('seg__segment_features') }} as features
inner join {{ ref('seg__segments') }} as segments
    on
        features.scheme = segments.scheme
        and features.segment_key = segments.segment_key
where
    features.user_count between 1 and {{ var('seg__minimum_group_size') }} - 1
    or segments.user_count - features.user_count between 1 and {{ var('seg__minimum_group_size') }} - 1
