{# One row per scheme and segment with at least one user: its size, its revenue, what stands out and what to do, in words. #}

{% set percent = "case when {0} > 0 and {0} < 0.005 then '{1} 1' else cast(cast(round(100 * {0}, 0) as bigint) as string) end || ' %'" %}

with

segment_sums as (

    select
        user_segments.scheme,
        user_segments.segment_key,
        user_segments.segment_name,
        user_segments.as_of_date,
        count(*) as user_count,
        {{ exact_sum('users.net_revenue') }} as net_revenue
    from {{ ref('int_seg__published_user_segments') }} as user_segments
    inner join {{ ref('int_seg__users_to_segment') }} as users
        on user_segments.user_id = users.user_id
    group by
        user_segments.scheme, user_segments.segment_key, user_segments.segment_name, user_segments.as_of_date

),

scheme_sums as (

    select
        scheme,
        sum(user_count) as user_count,
        {{ exact_sum('net_revenue') }} as net_revenue
    from segment_sums
    group by scheme

),

shares as (

    select
        segment_sums.*,
        {{ ratio('segment_sums.user_count', 'scheme_sums.user_count') }} as user_share,
        case
            when scheme_sums.net_revenue > 0
                then {{ ratio('segment_sums.net_revenue', 'scheme_sums.net_revenue') }}
        end as revenue_share
    from segment_sums
    inner join scheme_sums
        on segment_sums.scheme = scheme_sums.scheme

),

phrases as (

    {{ phrases_in_one_row(['share_of_users', 'share_of_revenue', 'stands_out', 'nothing_stands_out']) }}

),

texts as (

    {{ reference_rows(
        'segments', "scheme || '.' || segment_key", ['scheme', 'segment_key', 'segment_meaning', 'advice']
    ) }}

),

words as (

    select
        feature_name,
        high_phrase,
        low_phrase,
        high_advice,
        low_advice
    from {{ ref('int_seg__feature_words') }}

),

outstanding as (

    select
        segment_features.scheme,
        segment_features.segment_key,
        case
            when segment_features.standardized_difference > 0 then words.high_phrase
            else words.low_phrase
        end as phrase,
        case
            when segment_features.standardized_difference > 0 then words.high_advice
            else words.low_advice
        end as advice,
        row_number() over (
            partition by segment_features.scheme, segment_features.segment_key
            order by round(abs(segment_features.standardized_difference), 6) desc, segment_features.feature_name
        ) as feature_rank
    from {{ ref('seg__segment_features') }} as segment_features
    inner join words
        on segment_features.feature_name = words.feature_name
    inner join segment_sums
        on
            segment_features.scheme = segment_sums.scheme
            and segment_features.segment_key = segment_sums.segment_key
    where
        abs(segment_features.standardized_difference) >= 0.33
        -- What is known of a minority only describes that minority.
        and 2 * segment_features.user_count >= segment_sums.user_count
        -- These schemes are made of recency: beside a mean of the lost even the silent seem to have been seen lately.
        and not (
            segment_features.scheme in ('rfm', 'lifecycle')
            and segment_features.feature_name in ('days_since_last_order', 'days_since_last_seen')
        )

),

standing_out as (

    select
        scheme,
        segment_key,
        max(case when feature_rank = 1 then phrase end)
        || coalesce(max(case when feature_rank = 2 then ', ' || phrase end), '')
        || coalesce(max(case when feature_rank = 3 then ', ' || phrase end), '') as phrases
    from outstanding
    group by scheme, segment_key

),

-- Two components may speak for the same category: what they advise is said once.
advised as (

    select
        scheme,
        segment_key,
        advice,
        row_number() over (partition by scheme, segment_key order by min(feature_rank)) as advice_rank
    from outstanding
    where advice is not null
    group by scheme, segment_key, advice

),

advised_in_one_row as (

    select
        scheme,
        segment_key,
        max(case when advice_rank = 1 then advice end)
        || coalesce(max(case when advice_rank = 2 then '. ' || advice end), '') as advice
    from advised
    group by scheme, segment_key

)

select
    shares.scheme,
    shares.segment_key,
    shares.as_of_date,
    shares.segment_name,
    cast(
        coalesce(texts.segment_meaning || '. ', '')
        || replace(phrases.share_of_users, '{}', {{ percent.format('shares.user_share', 'Under') }})
        || coalesce(', ' || replace(phrases.share_of_revenue, '{}', {{ percent.format('shares.revenue_share', 'under') }}), '')
        || '. ' || coalesce(replace(phrases.stands_out, '{}', standing_out.phrases), phrases.nothing_stands_out) || '.'
    as string) as segment_description,
    -- A scheme made by rules has its own; of the users who are not shown apart nothing is known together.
    cast(
        coalesce(texts.advice, case when shares.segment_key <> 'other' then advised_in_one_row.advice end) as string
    ) as advice,
    cast(shares.user_count as bigint) as user_count,
    shares.user_share,
    shares.net_revenue,
    shares.revenue_share
from shares
cross join phrases
left join texts
    on
        texts.scheme = case when shares.segment_key = 'other' then 'all' else shares.scheme end
        and shares.segment_key = texts.segment_key
left join standing_out
    on
        shares.scheme = standing_out.scheme
        and shares.segment_key = standing_out.segment_key
left join advised_in_one_row
    on
        shares.scheme = advised_in_one_row.scheme
        and shares.segment_key = advised_in_one_row.segment_key
