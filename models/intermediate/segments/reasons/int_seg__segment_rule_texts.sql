{#
    One row per scheme and rule: the rule in words and as SQL over `seg__user_features`. A null meets the condition that
    says so, and no other, so every user meets one rule of a scheme and no second.
#}

{% set most_conditions = 4 %}

with

conditions as (

    select
        fits.*,
        cast(fits.low_text is not null or fits.high_text is not null as boolean) as has_bound
    from {{ ref('ml_seg__segment_rule_fits') }} as fits

),

features as (

    {% for feature in rule_features() %}
    select
        '{{ feature.name }}' as feature_name,
        '{{ (feature.sql if feature.sql == feature.name else '(' ~ feature.sql ~ ')') | replace("'", "''") }}' as feature_sql,
        {{ feature.is_always_known }} as is_always_known
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

labels as (

    {{ reference_rows('feature_labels', 'feature_name', ['feature_name', 'feature_label', 'unknown_phrase']) }}

),

described as (

    select
        conditions.as_of_date,
        conditions.scheme,
        conditions.rule_number,
        conditions.segment_key,
        conditions.condition_number,
        conditions.has_bound,
        conditions.includes_known,
        conditions.includes_null and not features.is_always_known as includes_null,
        conditions.is_null_seen,
        features.feature_sql,
        coalesce(conditions.low_text is not null and conditions.high_text is not null, false) as has_two_bounds,
        coalesce(features.feature_sql || ' > ' || conditions.low_text, '')
        || case when conditions.low_text is not null and conditions.high_text is not null then ' and ' else '' end
        || coalesce(features.feature_sql || ' <= ' || conditions.high_text, '') as bounds_sql,
        coalesce(labels.feature_label, replace(conditions.feature_name, '_', ' '))
        || coalesce(' more than ' || conditions.low_text, '')
        || case when conditions.low_text is not null and conditions.high_text is not null then ' and' else '' end
        || coalesce(' at most ' || conditions.high_text, '')
        || case when not conditions.has_bound then ' known' else '' end as bounds_text,
        coalesce(
            labels.unknown_phrase,
            coalesce(labels.feature_label, replace(conditions.feature_name, '_', ' ')) || ' unknown'
        ) as unknown_phrase
    from conditions
    left join features
        on conditions.feature_name = features.feature_name
    left join labels
        on conditions.feature_name = labels.feature_name

),

worded as (

    select
        *,
        case
            when feature_sql is null then 'true'
            when not includes_known then feature_sql || ' is null'
            when not has_bound then feature_sql || ' is not null'
            when includes_null then '(' || bounds_sql || ' or ' || feature_sql || ' is null)'
            else bounds_sql
        end as condition_sql,
        case
            when feature_sql is null then 'all users'
            when not includes_known then unknown_phrase
            when includes_null and is_null_seen then '(' || bounds_text || ' or ' || unknown_phrase || ')'
            else bounds_text
        end as condition_text
    from described

)

select
    as_of_date,
    scheme,
    rule_number,
    segment_key,
    {% for column, text in [('condition_text', 'rule_text'), ('condition_sql', 'rule_sql')] %}
    max(case when condition_number = 1 then {{ column }} end)
    {% for number in range(2, most_conditions + 1) %}
    || coalesce(max(case when condition_number = {{ number }} then ' and ' || {{ column }} end), '')
    {% endfor %}
        as {{ text }}{{ ',' if not loop.last }}
    {% endfor %}
from worded
group by as_of_date, scheme, rule_number, segment_key
