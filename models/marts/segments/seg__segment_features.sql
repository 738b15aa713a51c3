{#
    One row per scheme, segment and feature: the segment's mean and how far it lies from the mean of all users. What is
    known, or unknown, of too few users of a segment is not told, nor of the next smallest segment where those that are
    not told have too few together: the others and the mean of all would tell.
#}

{% set features = segment_features() %}
{% set minimum = var('seg__minimum_group_size') %}

with

{# In one row per user: without those who wait to be published, of whom the means of all would tell. #}
published as (

    select
        user_id,
        as_of_date,
        {% for scheme in segment_schemes() %}
        max(case when scheme = '{{ scheme }}' then segment_key end) as {{ scheme }}_key{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_seg__published_user_segments') }}
    group by user_id, as_of_date

),

users as (

    select
        users.*,
        published.as_of_date as published_as_of_date,
        {% for scheme in segment_schemes() %}
        published.{{ scheme }}_key{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_seg__users_to_segment') }} as users
    inner join published
        on users.user_id = published.user_id

),

overall as (

    {{ feature_spreads('users') }}

),

{# Users with the same segments in all schemes are added up once, not once per scheme: a seventh of the work. #}
combinations as (

    select
        published_as_of_date as as_of_date,
        {% for scheme in segment_schemes() %}
        {{ scheme }}_key,
        {% endfor %}
        count(*) as user_count,
        {% for feature in features %}
        count({{ feature.name }}) as {{ feature.name }}_count,
        sum(cast({{ feature.name }} as decimal(28, 8))) as {{ feature.name }}_sum{{ ',' if not loop.last }}
        {% endfor %}
    from users
    group by
        published_as_of_date,
        {% for scheme in segment_schemes() %}
        {{ scheme }}_key{{ ',' if not loop.last }}
        {% endfor %}

),

segment_means as (

    {% for scheme in segment_schemes() %}
    select
        '{{ scheme }}' as scheme,
        {{ scheme }}_key as segment_key,
        as_of_date,
        sum(user_count) as user_count,
        {% for feature in features %}
        sum({{ feature.name }}_count) as {{ feature.name }}_count,
        {{ ratio('cast(sum(' ~ feature.name ~ '_sum) as double)', 'sum(' ~ feature.name ~ '_count)') }}
            as {{ feature.name }}{{ ',' if not loop.last }}
        {% endfor %}
    from combinations
    where {{ scheme }}_key is not null
    group by {{ scheme }}_key, as_of_date
    {{ 'union all' if not loop.last }}
    {% endfor %}

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
