{# One row per scheme and rule: which segment users are in who meet it, in words and in SQL, and how often that is right. #}

{% set minimum = [var('seg__minimum_group_size') | int, 1] | max %}

with

{#
    Users who meet a rule and those whom it misplaces, in multiples of the smallest group that may be told of: rules speak of
    today, published segments at times of the last run, and the difference of the two is a few users.
#}
rule_counts as (

    select
        *,
        {{ minimum }} * round({{ ratio('user_count', minimum) }}, 0) as told_user_count,
        {{ minimum }} * round({{ ratio('user_count - hit_count', minimum) }}, 0) as told_miss_count
    from {{ ref('int_seg__segment_rule_hits') }}

),

rule_hits as (

    select
        *,
        told_user_count - least(told_miss_count, told_user_count) as told_hit_count
    from rule_counts

),

scheme_hits as (

    select
        scheme,
        sum(user_count) as user_count,
        sum(told_user_count) as told_user_count,
        sum(told_hit_count) as told_hit_count
    from rule_hits
    group by scheme

),

segment_sizes as (

    select
        scheme,
        segment_key,
        min(segment_name) as segment_name,
        count(*) as user_count
    from {{ ref('int_seg__published_user_segments') }}
    group by scheme, segment_key

),

largest_segments as (

    select
        scheme,
        max(user_count) as user_count
    from segment_sizes
    group by scheme

)

select
    cast(rules.as_of_date as date) as as_of_date,
    cast(rules.scheme as string) as scheme,
    cast(rules.rule_number as int) as rule_number,
    cast(rules.segment_key as string) as segment_key,
    cast(segment_sizes.segment_name as string) as segment_name,
    cast(rules.rule_text as string) as rule_text,
    cast(rules.rule_sql as string) as rule_sql,
    cast(hits.told_user_count as bigint) as user_count,
    {{ ratio('hits.told_user_count', 'scheme_hits.told_user_count') }} as user_share,
    {{ ratio('hits.told_hit_count', 'hits.told_user_count') }} as rule_precision,
    {{ ratio('scheme_hits.told_hit_count', 'scheme_hits.told_user_count') }} as fidelity,
    {{ ratio('largest_segments.user_count', 'scheme_hits.user_count') }} as baseline_fidelity
from {{ ref('int_seg__segment_rule_texts') }} as rules
inner join rule_hits as hits
    on
        rules.scheme = hits.scheme
        and rules.rule_number = hits.rule_number
inner join scheme_hits
    on rules.scheme = scheme_hits.scheme
inner join largest_segments
    on rules.scheme = largest_segments.scheme
inner join segment_sizes
    on
        rules.scheme = segment_sizes.scheme
        and rules.segment_key = segment_sizes.segment_key
where hits.user_count >= {{ minimum }}
