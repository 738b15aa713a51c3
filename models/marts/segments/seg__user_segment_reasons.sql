{# One row per user, scheme and rank: what put the user into the segment, in words. #}

with

words as (

    select * from {{ ref('int_seg__feature_means_worded') }}

),

by_centroid as (

    select
        reasons.user_id,
        reasons.as_of_date,
        'kmeans' as scheme,
        own.segment_key,
        reasons.reason_rank,
        reasons.feature_name,
        case
            when reasons.feature_value is null or own_words.feature_label is null
                then coalesce(
                    case when reasons.feature_value is null then own_words.unknown_phrase end,
                    {{ capitalized('case when own_words.mean > other_words.mean then own_words.high_phrase else own_words.low_phrase end') }},
                    replace(reasons.feature_name, '_', ' ')
                ) || ': nearer to this segment than to ' || others.segment_name
            else
                {{ capitalized('own_words.feature_label') }} || ' ' || {{ number_in_words('reasons.feature_value') }}
                || coalesce(': mean here ' || own_words.mean_text, '')
                || coalesce(', among ' || others.segment_name || ' ' || other_words.mean_text, '')
        end as reason,
        reasons.feature_value,
        reasons.contribution
    from {{ ref('int_seg__cluster_reasons') }} as reasons
    inner join {{ ref('seg__segment_versions') }} as own
        on
            own.scheme = 'kmeans'
            and reasons.fitted_as_of_date = own.as_of_date
            and reasons.cluster_number = own.cluster_number
    inner join {{ ref('seg__segment_versions') }} as others
        on
            others.scheme = 'kmeans'
            and reasons.fitted_as_of_date = others.as_of_date
            and reasons.second_cluster_number = others.cluster_number
    left join words as own_words
        on
            own_words.scheme = 'kmeans'
            and own.segment_key = own_words.segment_key
            and reasons.feature_name = own_words.feature_name
    left join words as other_words
        on
            other_words.scheme = 'kmeans'
            and others.segment_key = other_words.segment_key
            and reasons.feature_name = other_words.feature_name

),

standing_out as (

    select
        reasons.user_id,
        reasons.as_of_date,
        reasons.scheme,
        reasons.segment_key,
        reasons.reason_rank,
        reasons.feature_name,
        coalesce({{ capitalized('words.phrase') }}, replace(reasons.feature_name, '_', ' '))
        || coalesce(
            ': ' || words.feature_label || ' ' || {{ number_in_words('reasons.feature_value') }}
            || ', mean here ' || words.mean_text, ''
        ) as reason,
        reasons.feature_value,
        reasons.contribution
    from {{ ref('int_seg__outstanding_reasons') }} as reasons
    left join words
        on
            reasons.scheme = words.scheme
            and reasons.segment_key = words.segment_key
            and reasons.feature_name = words.feature_name

),

reasons as (

    select * from by_centroid

    union all

    select * from standing_out

    {% for rules in [ref('int_seg__rule_reasons'), ref('int_seg__behaviour_reasons')] %}
    union all

    select
        user_id,
        as_of_date,
        scheme,
        segment_key,
        reason_rank,
        feature_name,
        reason,
        feature_value,
        cast(null as double) as contribution
    from {{ rules }}
    {% endfor %}

)

select
    user_id,
    as_of_date,
    cast(scheme as string) as scheme,
    cast(segment_key as string) as segment_key,
    cast(reason_rank as int) as reason_rank,
    cast(feature_name as string) as feature_name,
    cast(reason as string) as reason,
    cast(feature_value as double) as feature_value,
    cast(contribution as double) as contribution
from reasons
