{# One row per user, target and rank: the three features that moved the user's prediction most, in words. #}
{{ config(
    pre_hook="{{ begin_turns('int_seg__users', times=4) }}",
    post_hook="{{ make_other_turns('int_seg__users', times=4) }}"
) }}

{% set units = {
    'order_count': 'orders', 'net_revenue': 'revenue', 'will_order': 'probability of an order',
    'days_to_next_order': 'days', 'lifetime_value_12m': 'lifetime value',
} %}

with

ranked as (

    select
        *,
        row_number() over (
            partition by target_name, user_id
            order by {{ one_sort_key(['-1 * abs(round(contribution, 9))', 'feature_name']) }}
        ) as reason_rank
    from {{ ref('int_seg__reason_contributions') }}

),

contributions as (

    select
        ranked.*,
        choices.model_name,
        choices.horizon_days as target_horizon_days,
        case when ranked.method = 'linear_terms' and choices.model_name = 'logistic_regression' then 'log_odds' else 'prediction' end
            as contribution_unit
    from ranked
    inner join {{ ref('seg__model_choices') }} as choices
        on ranked.target_name = choices.target_name
    where ranked.reason_rank <= 3

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
    cast(contributions.target_horizon_days as int) as horizon_days,
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
        || ' the expected ' || units.unit || ' by '
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
