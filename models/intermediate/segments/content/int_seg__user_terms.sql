{#
    One row per user and word: in how many of the user's reviews and searches before the scoring date it stands. Every
    text is split once, however many users wrote it; what bots searched does not count.
#}
{{ config(materialized='by_user', meta={'users': 'int_seg__users_to_measure'}) }}

with

texts as (

    select
        reviews.user_id,
        reviews.review_text as text_content,
        1 as text_count
    from {{ ref('int_seg__reviews_kept') }} as reviews
    inner join {{ ref('int_seg__as_of_dates') }} as as_of_dates
        on reviews.reviewed_at < as_of_dates.as_of_date
    where
        as_of_dates.split = 'scoring'
        and reviews.review_text is not null
        and {{ only_users_to_refresh('reviews.user_id', 'int_seg__users_to_measure') }}
        and {{ 'true' if 'text' in var('seg__cluster_modalities') else 'false' }}

    union all

    select
        events.user_id,
        events.search_text as text_content,
        1 as text_count
    from {{ events_of_run('int_seg__users_to_measure') }} as events
    inner join {{ ref('int_seg__as_of_dates') }} as as_of_dates
        on events.event_date < as_of_dates.as_of_date
    left join {{ ref('int_seg__sessions_judged') }} as bots
        on events.session_id = bots.session_id
    where
        as_of_dates.split = 'scoring'
        and events.search_text is not null
        and bots.session_id is null
        and {{ 'true' if 'text' in var('seg__cluster_modalities') else 'false' }}

),

counted as (

    select
        user_id,
        text_content,
        sum(text_count) as text_count
    from texts
    group by user_id, text_content

),

distinct_texts as (

    select distinct text_content
    from counted

),

words as (

    {{ text_words('distinct_texts', 'text_content', 'text_content') }}

)

select
    counted.user_id,
    words.word as term,
    cast(sum(counted.text_count) as bigint) as text_count
from counted
inner join words
    on counted.text_content = words.text_content
group by counted.user_id, words.word
