{#
    One row per user, rule-based scheme and rank: what the rule looked at, with its bound or score. Of users without an
    order that is all there is to say.
#}

{% set new_days = var('seg__lifecycle_new_days') %}
{% set active_days = var('seg__lifecycle_active_days') %}
{% set lapsed_days = var('seg__lifecycle_lapsed_days') %}

with

rfm as (

    select
        user_id,
        as_of_date,
        'rfm' as scheme,
        segment_key,
        days_since_last_order,
        order_count,
        net_revenue,
        recency_score,
        frequency_score,
        monetary_score
    from {{ ref('seg__user_rfm') }}

),

lifecycles as (

    select
        lifecycles.user_id,
        lifecycles.as_of_date,
        'lifecycle' as scheme,
        lifecycles.segment_key,
        users.days_since_first_order,
        users.days_since_last_order,
        users.days_between_last_two_orders
    from {{ ref('int_seg__user_lifecycles') }} as lifecycles
    inner join ({{ users_as_of('scoring') }}) as users
        on lifecycles.user_id = users.user_id

),

value_tiers as (

    select
        user_segments.user_id,
        user_segments.as_of_date,
        user_segments.scheme,
        user_segments.segment_key,
        users.net_revenue
    from {{ ref('seg__user_segments') }} as user_segments
    inner join {{ ref('int_seg__users_to_segment') }} as users
        on user_segments.user_id = users.user_id
    where user_segments.scheme = 'value_tier'

)

{% for relation, feature, rank, condition, reason in [
    ('rfm', 'order_count', 1, 'order_count = 0', "'No order yet'"),
    ('rfm', 'days_since_last_order', 1, 'order_count > 0',
        "'Last order ' || days_since_last_order || ' days ago: recency score ' || recency_score || ' of 5'"),
    ('rfm', 'order_count', 2, 'order_count > 0',
        "'Number of orders ' || order_count || ': frequency score ' || frequency_score || ' of 5'"),
    ('rfm', 'net_revenue', 3, 'order_count > 0',
        "'Net revenue ' || cast(net_revenue as decimal(28, 2)) || ': monetary score ' || monetary_score || ' of 5'"),
    ('lifecycles', 'days_since_last_order', 1, "segment_key = 'prospect'", "'No order yet'"),
    ('lifecycles', 'days_since_first_order', 1, "segment_key = 'new'",
        "'First order ' || days_since_first_order || ' days ago, no more than " ~ new_days ~ "'"),
    ('lifecycles', 'days_since_last_order', 1, "segment_key in ('active', 'won_back')",
        "'Last order ' || days_since_last_order || ' days ago, no more than " ~ active_days ~ "'"),
    ('lifecycles', 'days_since_last_order', 1, "segment_key = 'at_risk'",
        "'Last order ' || days_since_last_order || ' days ago, more than " ~ active_days ~ "'"),
    ('lifecycles', 'days_since_last_order', 1, "segment_key = 'lapsed'",
        "'Last order ' || days_since_last_order || ' days ago, " ~ lapsed_days ~ " or more'"),
    ('value_tiers', 'net_revenue', 1, 'net_revenue is not null',
        "'Net revenue ' || cast(net_revenue as decimal(28, 2))"),
    ('lifecycles', 'days_between_last_two_orders', 2, "segment_key = 'won_back'",
        "days_between_last_two_orders || ' days between the last two orders, more than " ~ lapsed_days ~ "'"),
] %}
select
    user_id,
    as_of_date,
    scheme,
    segment_key,
    {{ rank }} as reason_rank,
    '{{ feature }}' as feature_name,
    cast({{ reason }} as string) as reason,
    cast({{ feature }} as double) as feature_value
from {{ relation }}
where {{ condition }}
{{ 'union all' if not loop.last }}
{% endfor %}
