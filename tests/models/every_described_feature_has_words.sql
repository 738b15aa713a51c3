with

words as (

    select
        feature_name,
        high_role,
        low_role
    from {{ ref('int_seg__feature_words') }}

),

features as (

    {% for feature in segment_features() %}
    select '{{ feature.name }}' as feature_name
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select features.feature_name
from features
left join words
    on features.feature_name = words.feature_name
where
    {{ reads_rows() }}
    and (words.high_role is null or words.low_role is null)
