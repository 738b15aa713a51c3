{#
    One row per user, target and rank: the three features that moved the user's prediction most, in words. What each feature
    contributes is written into this query from the fits when it runs, and compared within the row (700,000 users and three
    targets: 19 s; joined with the fits and ranked in a window 42 s, and more memory).
#}
{{ config(
    pre_hook="{{ begin_turns('int_seg__users', times=4) }}",
    post_hook="{{ make_other_turns('int_seg__users', times=4) }}"
) }}

-- depends_on: {{ ref('int_seg__reason_fits') }}
{% set explained = reason_expressions() %}
{% set known_of = {} %}
{% for feature in prediction_features() %}{% do known_of.update({feature.name: feature.known_of or 'true'}) %}{% endfor %}
{% set units = {
    'order_count': 'orders', 'net_revenue': 'revenue', 'will_order': 'probability of an order',
    'days_to_next_order': 'days', 'lifetime_value_12m': 'lifetime value',
} %}

with

users as (

    select
        filled.horizon_days,
        filled.user_id,
        filled.as_of_date,
        {% for feature in prediction_features() %}
        filled.{{ feature.name }},
        scaled.{{ feature.name }} as scaled_{{ feature.name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_seg__prediction_features_filled') }} as filled
    inner join {{ ref('int_seg__prediction_features') }} as scaled
        on
            filled.horizon_days = scaled.horizon_days
            and filled.user_id = scaled.user_id
            and filled.as_of_date = scaled.as_of_date
    where
        filled.split = 'scoring'
        and {{ is_users_turn('filled.user_id') }}
        -- Said of both, or every turn reads all of the other.
        and {{ is_users_turn('scaled.user_id') }}

),

{% for target in explained %}
{{ target.target_name }}_contributions as (

    select
        users.horizon_days,
        users.user_id,
        users.as_of_date,
        {% for feature in target.features %}
        {{ feature.name }} as value_{{ feature.name }},
        {{ known_of[feature.name] }} as known_{{ feature.name }},
        {{ feature.expression }} as contribution_{{ feature.name }}{{ ',' if not loop.last }}
        {% endfor %}
    from users
    inner join {{ ref('seg__model_choices') }} as choices
        on users.horizon_days = choices.horizon_days
    where choices.target_name = '{{ target.target_name }}'

),

{% endfor %}
ranked as (

    {% for target in explained %}
    {% set kept = ['horizon_days', 'user_id', 'as_of_date'] %}
    {% set amounts = [] %}
    {% for feature in target.features %}
        {% do kept.extend(['value_' ~ feature.name, 'known_' ~ feature.name, 'contribution_' ~ feature.name]) %}
        {% do amounts.append('abs(round(contribution_' ~ feature.name ~ ', 9))') %}
    {% endfor %}
    select
        '{{ target.target_name }}' as target_name,
        horizon_days,
        user_id,
        as_of_date,
        rank_number as reason_rank,
        {% for kind in ['value', 'known', 'contribution'] %}
        case place
            {% for feature in target.features %}
            when {{ loop.index }} then {{ kind }}_{{ feature.name }}
            {% endfor %}
        end as feature_{{ kind }},
        {% endfor %}
        case place
            {% for feature in target.features %}
            when {{ loop.index }} then '{{ feature.name }}'
            {% endfor %}
        end as feature_name,
        cast('{{ target.method }}' as string) as method,
        cast({{ double_literal(target.fidelity) }} as double) as fidelity
    from (
        {# What moved nothing still ranks: every user has as many reasons. #}
        {{ largest_in_row(target.target_name ~ '_contributions', kept, amounts, 3, above=-1) }}
    ) as largest

    union all

    {% endfor %}
    select
        cast(null as string) as target_name,
        horizon_days,
        user_id,
        as_of_date,
        cast(null as int) as reason_rank,
        cast(null as double) as feature_value,
        cast(null as boolean) as feature_known,
        cast(null as double) as feature_contribution,
        cast(null as string) as feature_name,
        cast(null as string) as method,
        cast(null as double) as fidelity
    from users
    where false

),

contributions as (

    select
        ranked.target_name,
        ranked.horizon_days,
        ranked.user_id,
        ranked.as_of_date,
        ranked.reason_rank,
        ranked.feature_name,
        ranked.feature_value,
        ranked.feature_known as is_known,
        ranked.feature_contribution as contribution,
        ranked.method,
        ranked.fidelity,
        case when choices.window_days < choices.horizon_days then choices.window_days end as shorter_window_days,
        case when ranked.method = 'linear_terms' and choices.model_name = 'logistic_regression' then 'log_odds' else 'prediction' end
            as contribution_unit
    from ranked
    inner join {{ ref('seg__model_choices') }} as choices
        on ranked.target_name = choices.target_name

),

words as (

    {% for feature in prediction_features() %}
    select
        '{{ feature.name }}' as feature_name,
        '{{ feature.words or feature.name | replace("_30d", " in the last 30 days") | replace("_90d", " in the last 90 days") | replace("_365d", " in the last year") | replace("_", " ") }}' as feature_words
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

units as (

    {% for target_name, unit in units.items() %}
    select
        '{{ target_name }}' as target_name,
        '{{ unit }}' as unit
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    cast(contributions.user_id as string) as user_id,
    contributions.as_of_date,
    cast(contributions.horizon_days as int) as horizon_days,
    cast(contributions.target_name as string) as target_name,
    cast(contributions.reason_rank as int) as reason_rank,
    cast(contributions.feature_name as string) as feature_name,
    cast(contributions.contribution_unit as string) as contribution_unit,
    cast(contributions.method as string) as method,
    cast(
        {{ capitalized('words.feature_words') }} || ' '
        || case
            when contributions.is_known then {{ number_in_words('contributions.feature_value', small_decimals=4) }}
            else 'unknown'
        end
        || coalesce(' (average ' || {{ number_in_words('typical.mean_value', small_decimals=4) }} || ')', '') || ' '
        || case when contributions.contribution < 0 then 'lowers' else 'raises' end
        || ' the expected ' || units.unit
        || coalesce(' within ' || cast(contributions.shorter_window_days as string) || ' days', '') || ' by '
        || case
            when abs(contributions.contribution) >= 1 then cast(cast(abs(contributions.contribution) as decimal(28, 2)) as string)
            else cast(cast(abs(contributions.contribution) as decimal(28, 3)) as string)
        end
        || case when contributions.contribution_unit = 'log_odds' then ' in log odds' else '' end
        || '.' as string
    ) as reason,
    cast(contributions.feature_value as double) as feature_value,
    cast(typical.typical_value as double) as typical_value,
    cast(typical.mean_value as double) as mean_value,
    cast(contributions.contribution as double) as contribution,
    cast(contributions.fidelity as double) as fidelity
from contributions
inner join {{ ref('int_seg__typical_features') }} as typical
    on
        contributions.horizon_days = typical.horizon_days
        and contributions.feature_name = typical.feature_name
inner join words
    on contributions.feature_name = words.feature_name
inner join units
    on contributions.target_name = units.target_name
