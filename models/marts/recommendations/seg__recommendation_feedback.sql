{#
    One row per level and what it splits by (strategy, position, segment): what was shown, what became of it, and the
    click rate once the position is accounted for.
#}

{% set levels = {
    'all': [],
    'strategy': ['strategy'],
    'position': ['place'],
    'strategy_position': ['strategy', 'place'],
    'strategy_segment': ['strategy', 'scheme', 'segment_key', 'segment_name'],
} %}
{% set types = {'strategy': 'string', 'place': 'int', 'scheme': 'string', 'segment_key': 'string', 'segment_name': 'string'} %}

with

impressions as (

    select
        impressions.*,
        examinations.examination
    from {{ ref('int_seg__recommendation_feedback_impressions') }} as impressions
    inner join {{ ref('int_seg__recommendation_feedback_examinations') }} as examinations
        on impressions.place = examinations.place

),

segmented as (

    select
        impressions.*,
        segments.scheme,
        segments.segment_key,
        segments.segment_name
    from impressions
    inner join {{ ref('int_seg__published_user_segments') }} as segments
        on impressions.user_id = segments.user_id
    where segments.scheme in ('' {%- for scheme in feedback_schemes() %}, '{{ scheme }}'{% endfor %})

),

counted as (

    {% for level, keys in levels.items() %}
    select
        '{{ level }}' as level,
        {% for column, type in types.items() %}
        cast({{ column if column in keys else 'null' }} as {{ type }}) as {{ column }},
        {% endfor %}
        as_of_date,
        count(distinct user_id) as user_count,
        count(*) as impression_count,
        sum(is_clicked) as click_count,
        sum(is_redeemed) as redemption_count,
        sum(is_ordered) as order_count,
        {{ exact_sum('examination') }} as examined_count
    from {{ 'segmented' if 'scheme' in keys else 'impressions' }}
    group by as_of_date{% for key in keys %}, {{ key }}{% endfor +%}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- Counted where they came from: a strategy may have nothing else.
unattributed as (

    select
        'strategy' as level,
        strategy,
        count(distinct case when response_type = 'click' then response_id end) as click_count,
        count(distinct case when response_type = 'redemption' then response_id end) as redemption_count
    from {{ ref('int_seg__recommendation_feedback_responses') }}
    where impression_id is null
    group by strategy

    union all

    select
        'all' as level,
        cast(null as string) as strategy,
        sum(case when response_type = 'click' then 1 else 0 end) as click_count,
        sum(case when response_type = 'redemption' then 1 else 0 end) as redemption_count
    from {{ ref('int_seg__recommendation_feedback_responses') }}
    where impression_id is null
    having count(*) > 0

),

as_of_dates as (

    select as_of_date
    from {{ ref('int_seg__as_of_dates') }}
    where split = 'scoring'

),

with_unattributed as (

    select
        coalesce(counted.level, unattributed.level) as level,
        coalesce(counted.strategy, unattributed.strategy) as strategy,
        counted.place,
        counted.scheme,
        counted.segment_key,
        counted.segment_name,
        coalesce(counted.user_count, 0) as user_count,
        coalesce(counted.impression_count, 0) as impression_count,
        coalesce(counted.click_count, 0) as click_count,
        coalesce(counted.redemption_count, 0) as redemption_count,
        coalesce(counted.order_count, 0) as order_count,
        coalesce(counted.examined_count, 0) as examined_count,
        case
            when coalesce(counted.level, unattributed.level) in ('all', 'strategy')
                then coalesce(unattributed.click_count, 0)
        end as unattributed_click_count,
        case
            when coalesce(counted.level, unattributed.level) in ('all', 'strategy')
                then coalesce(unattributed.redemption_count, 0)
        end as unattributed_redemption_count
    from counted
    full outer join unattributed
        on
            counted.level = unattributed.level
            and coalesce(counted.strategy, '') = coalesce(unattributed.strategy, '')

),

-- Segments of a scheme share no user: what is not told of them must not be few users either.
compared as (

    select
        *,
        sum(case when user_count >= {{ var('seg__minimum_group_size') }} then user_count else 0 end)
            over (partition by level, strategy, scheme) as told_user_count,
        row_number() over (
            partition by level, strategy, scheme, user_count >= {{ var('seg__minimum_group_size') }}
            order by user_count, segment_key, place
        ) as size_number,
        max(case when level = 'strategy' then user_count end) over (partition by strategy) as strategy_user_count
    from with_unattributed

),

told as (

    select *
    from compared
    where
        level = 'all'
        or (level = 'strategy' and user_count = 0)
        or (
            user_count >= {{ var('seg__minimum_group_size') }}
            and not (
                level = 'strategy_segment'
                and size_number = 1
                and strategy_user_count - told_user_count between 1 and {{ var('seg__minimum_group_size') }} - 1
            )
        )

)

select
    as_of_dates.as_of_date,
    cast(told.level as string) as level,
    cast(told.strategy as string) as strategy,
    told.scheme,
    told.segment_key,
    told.segment_name,
    nullif(told.place, 0) as position,
    cast(told.user_count as bigint) as user_count,
    cast(told.impression_count as bigint) as impression_count,
    cast(told.click_count as bigint) as click_count,
    cast(told.redemption_count as bigint) as redemption_count,
    cast(told.order_count as bigint) as order_count,
    cast(told.unattributed_click_count as bigint) as unattributed_click_count,
    cast(told.unattributed_redemption_count as bigint) as unattributed_redemption_count,
    cast(round(told.examined_count, 6) as double) as examined_count,
    cast(round({{ ratio('told.examined_count', 'told.impression_count') }}, 8) as double) as examination,
    {% for name in ['click', 'redemption', 'order'] %}
    {% set count = 'told.' ~ name ~ '_count' %}
    cast(round({{ ratio(count, 'told.impression_count') }}, 8) as double) as {{ name }}_rate,
    cast(round({{ wilson_limit(count, 'told.impression_count', 'low') }}, 8) as double) as {{ name }}_rate_low,
    cast(round({{ wilson_limit(count, 'told.impression_count', 'high') }}, 8) as double) as {{ name }}_rate_high,
    {% endfor %}
    -- least() ignores nulls.
    cast(round(case
        when told.examined_count > 0 then least({{ ratio('told.click_count', 'told.examined_count') }}, 1)
    end, 8) as double) as debiased_click_rate,
    cast(round({{ wilson_limit('told.click_count', 'told.examined_count', 'low') }}, 8) as double)
        as debiased_click_rate_low,
    cast(round({{ wilson_limit('told.click_count', 'told.examined_count', 'high') }}, 8) as double)
        as debiased_click_rate_high
from told
cross join as_of_dates
