{# One row per scheme, published segment and feature: the words for where the segment lies, and what is typical of it. #}

with

labels as (

    {{ reference_rows('feature_labels', 'feature_name', ['feature_name', 'feature_label', 'unknown_phrase']) }}

)

select
    segment_features.scheme,
    segment_features.segment_key,
    segments.segment_name,
    segment_features.feature_name,
    segment_features.mean,
    {{ number_in_words('segment_features.mean') }} as mean_text,
    labels.feature_label,
    {{ capitalized('labels.unknown_phrase') }} as unknown_phrase,
    case when segment_features.standardized_difference > 0 then words.high_phrase else words.low_phrase end as phrase,
    words.high_phrase,
    words.low_phrase
from {{ ref('seg__segment_features') }} as segment_features
inner join {{ ref('seg__segments') }} as segments
    on
        segment_features.scheme = segments.scheme
        and segment_features.segment_key = segments.segment_key
left join {{ ref('int_seg__feature_words') }} as words
    on segment_features.feature_name = words.feature_name
left join labels
    on segment_features.feature_name = labels.feature_name
