{# One row per user: what segments are made and described by, as of the scoring date, in the features' own units. #}

select
    user_features.user_id,
    user_features.as_of_date,
    user_features.days_since_last_seen is not null as has_been_seen,
    {% for feature in segment_features() %}
    cast({{ feature.sql }} as double) as {{ feature.name }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('seg__user_features') }} as user_features
inner join {{ ref('int_seg__as_of_dates') }} as as_of_dates
    on
        user_features.as_of_date = as_of_dates.as_of_date
        and as_of_dates.split = 'scoring'
left join {{ ref('int_seg__user_content') }} as user_content
    on user_features.user_id = user_content.user_id
