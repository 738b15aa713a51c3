{#
    One row per scheme, segment and feature: the segment's mean and how far it lies from the mean of all users. What is
    known, or unknown, of too few users of a segment is not told, nor of the next smallest segment where those that are
    not told have too few together: the others and the mean of all would tell.
#}

{% set features = segment_features() %}
{% set minimum = var('seg__minimum_group_size') %}

with

users as (

    {# Without those who wait to be published: the means of all would tell of them. #}
    select users.*
    from {{ ref('int_seg__users_to_segment') }} as users
    where users.user_id in (select published.user_id from {{ ref('int_seg__published_user_segments') }} as published)

),

overall as (

    {{ feature_spreads('users') }}

),

segment_means as (

    select
        user_segments.scheme,
        user_segments.segment_key,
        user_segments.as_of_date,
        count(*) as user_count,
        {% for feature in features %}
        count(users.{{ feature.name }}) as {{ feature.name }}_count,
        {{ ratio(exact_sum('users.' ~ feature.name), 'count(users.' ~ feature.name ~ ')') }}
            as {{ feature.name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_seg__published_user_segments') }} as user_segments
    inner join users
        on user_segments.user_id = users.user_id
    group by user_segments.scheme, user_segments.segment_key, user_segments.as_of_date

),

described as (

    {% for feature in features %}
    select
        segment_means.scheme,
        segment_means.segment_key,
        segment_means.as_of_date,
        '{{ feature.name }}' as feature_name,
        segment_means.{{ feature.name }} as mean,
        overall.{{ feature.name }}_mean as overall_mean,
        overall.{{ feature.name }}_deviation as overall_deviation,
        segment_means.user_count,
        segment_means.{{ feature.name }}_count as known_count,
        (segment_means.{{ feature.name }}_count between 1 and {{ minimum }} - 1)
        or (segment_means.user_count - segment_means.{{ feature.name }}_count between 1 and {{ minimum }} - 1)
            as is_few
    from segment_means
    cross join overall
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

ranked as (

    select
        *,
        row_number() over (
            partition by scheme, feature_name
            order by
                case when is_few then 0 when known_count > 0 then 1 else 2 end,
                known_count,
                segment_key
        ) as order_of_size,
        sum(case when is_few then 1 else 0 end) over (partition by scheme, feature_name) as few_count,
        sum(case when is_few then known_count else 0 end) over (partition by scheme, feature_name) as untold_count
    from described

),

told as (

    select
        *,
        case
            when is_few then false
            when
                order_of_size = few_count + 1
                and known_count > 0
                and untold_count between 1 and {{ minimum }} - 1
                then false
            else true
        end as is_told
    from ranked

)

select
    scheme,
    segment_key,
    as_of_date,
    cast(feature_name as string) as feature_name,
    case when is_told then mean end as mean,
    case
        when not is_told or mean is null then null
        when overall_deviation > 0 then (mean - overall_mean) / overall_deviation
        else cast(0 as double)
    end as standardized_difference,
    {# Rounded where it is no whole segment: exact counts would tell single users from one table to the next. #}
    cast(case
        when not is_told then null
        when known_count = user_count then user_count
        else floor(known_count / {{ minimum }}.0) * {{ minimum }}
    end as bigint) as user_count
from told
