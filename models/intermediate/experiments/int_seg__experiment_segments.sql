{#
    One row per experiment, compared user and scheme, `all` among them: the segment the user counts in. Lifecycle is that of
    the day of exposure. Other schemes are those of the last run on or before the day the experiment began; where there was
    none they are today's, which the treatment may have changed: `is_known_before` says so. What is too small in any
    variant goes into `other`, with the next smallest segment where these are too few together, so that no segment is the
    difference of others.
#}

{% set schemes = var('seg__experiment_schemes') %}
{% set least_users = var('seg__minimum_group_size') %}

with

users as (

    select
        *,
        min(exposed_on) over (partition by experiment_id) as began_on
    from {{ ref('int_seg__experiment_users') }}
    where is_compared

),

{% for scheme in schemes if scheme != 'lifecycle' %}
{% if loop.first %}
past_segments as (

    select
        users.experiment_id,
        users.user_id,
        history.scheme,
        history.segment_key
    from users
    inner join {{ ref('seg__user_segment_history') }} as history
        on
            users.user_id = history.user_id
            and users.began_on >= history.valid_from
            and (history.valid_to is null or users.began_on < history.valid_to)
    where history.scheme in ('{{ schemes | join("', '") }}')

),

past_schemes as (

    select distinct
        experiment_id,
        scheme
    from past_segments

),
{% endif %}
{% endfor %}

segments as (

    select
        experiment_id,
        user_id,
        variant,
        fold,
        'all' as scheme,
        'all' as segment_key,
        true as is_known_before
    from users

    {% for scheme in schemes %}
    union all

    {% if scheme == 'lifecycle' %}
    select
        users.experiment_id,
        users.user_id,
        users.variant,
        users.fold,
        'lifecycle' as scheme,
        lifecycles.segment_key,
        true as is_known_before
    from users
    inner join {{ ref('int_seg__experiment_lifecycles') }} as lifecycles
        on
            users.user_id = lifecycles.user_id
            and users.exposed_on = lifecycles.as_of_date
    {% else %}
    select
        users.experiment_id,
        users.user_id,
        users.variant,
        users.fold,
        '{{ scheme }}' as scheme,
        case when past_schemes.scheme is null then published.segment_key else past_segments.segment_key end as segment_key,
        past_schemes.scheme is not null as is_known_before
    from users
    left join past_schemes
        on
            users.experiment_id = past_schemes.experiment_id
            and past_schemes.scheme = '{{ scheme }}'
    left join past_segments
        on
            users.experiment_id = past_segments.experiment_id
            and users.user_id = past_segments.user_id
            and past_segments.scheme = '{{ scheme }}'
    left join {{ ref('int_seg__published_user_segments') }} as published
        on
            users.user_id = published.user_id
            and published.scheme = '{{ scheme }}'
    {% endif %}
    {% endfor %}

),

-- A variant of a few, a test of one's own, has no say in what is too small.
variants as (

    select
        experiment_id,
        variant,
        count(*) over (partition by experiment_id) as variant_count
    from users
    group by experiment_id, variant
    having count(*) >= {{ least_users }}

),

sizes as (

    select
        by_variant.experiment_id,
        by_variant.scheme,
        by_variant.segment_key,
        {# A variant without a user of the segment has none. #}
        case when count(*) = min(variants.variant_count) then min(by_variant.user_count) else 0 end as least_user_count
    from (
        select
            experiment_id,
            scheme,
            variant,
            segment_key,
            count(*) as user_count
        from segments
        where segment_key is not null
        group by experiment_id, scheme, variant, segment_key
    ) as by_variant
    inner join variants
        on
            by_variant.experiment_id = variants.experiment_id
            and by_variant.variant = variants.variant
    group by by_variant.experiment_id, by_variant.scheme, by_variant.segment_key

),

{# Whoever has no segment, or a small one, is a remainder in each variant. #}
remainders as (

    select
        experiment_id,
        scheme,
        min(remainder) as least_remainder,
        max(remainder) as most_remainder
    from (
        select
            segments.experiment_id,
            segments.scheme,
            segments.variant,
            sum(case when coalesce(sizes.least_user_count, 0) < {{ least_users }} then 1 else 0 end) as remainder
        from segments
        inner join variants
            on
                segments.experiment_id = variants.experiment_id
                and segments.variant = variants.variant
        left join sizes
            on
                segments.experiment_id = sizes.experiment_id
                and segments.scheme = sizes.scheme
                and segments.segment_key = sizes.segment_key
        group by segments.experiment_id, segments.scheme, segments.variant
    ) as by_variant
    group by experiment_id, scheme

),

ranked as (

    select
        sizes.*,
        row_number() over (
            partition by sizes.experiment_id, sizes.scheme, sizes.least_user_count < {{ least_users }}
            order by sizes.least_user_count, sizes.segment_key
        ) as size_rank,
        remainders.most_remainder > 0 and remainders.least_remainder < {{ least_users }} as is_remainder_small
    from sizes
    inner join remainders
        on
            sizes.experiment_id = remainders.experiment_id
            and sizes.scheme = remainders.scheme

)

select
    segments.experiment_id,
    segments.user_id,
    cast(segments.variant as string) as variant,
    cast(segments.scheme as string) as scheme,
    cast(case
        when segments.scheme = 'all' then 'all'
        when coalesce(ranked.least_user_count, 0) < {{ least_users }} then 'other'
        when ranked.is_remainder_small and ranked.size_rank = 1 then 'other'
        else segments.segment_key
    end as string) as segment_key,
    segments.fold,
    segments.is_known_before
from segments
left join ranked
    on
        segments.experiment_id = ranked.experiment_id
        and segments.scheme = ranked.scheme
        and segments.segment_key = ranked.segment_key
