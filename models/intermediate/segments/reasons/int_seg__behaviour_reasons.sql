{#
    One row per user and rank: the conditions of the type of behaviour that the user meets, in the order of their
    features, at most three. A type without a condition has none to give.
#}

with

rules as (

    {{ reference_rows(
        'behaviour_rules',
        "segment_key || '.' || coalesce(feature_name, '')",
        ['segment_key', 'priority', 'feature_name', 'minimum', 'maximum', 'minimum_quantile']
    ) }}

),

labels as (

    {{ reference_rows('feature_labels', 'feature_name', ['feature_name', 'feature_label']) }}

),

met as (

    select
        users.user_id,
        users.as_of_date,
        memberships.segment_key,
        rules.feature_name,
        rules.minimum,
        rules.maximum,
        rules.minimum_quantile,
        {{ behaviour_value(behaviour_feature_number('rules.feature_name')) }} as feature_value
    from ({{ users_as_of('scoring') }}) as users
    inner join {{ ref('int_seg__user_behaviours') }} as memberships
        on users.user_id = memberships.user_id
    inner join rules
        on memberships.segment_key = rules.segment_key
    where rules.feature_name is not null

),

ranked as (

    select
        met.*,
        coalesce(labels.feature_label, replace(met.feature_name, '_', ' ')) as feature_label,
        row_number() over (partition by met.user_id order by met.feature_name) as reason_rank
    from met
    left join labels
        on met.feature_name = labels.feature_name

)

select
    user_id,
    as_of_date,
    'behaviour' as scheme,
    segment_key,
    cast(reason_rank as int) as reason_rank,
    feature_name,
    cast(
        {{ capitalized('feature_label') }} || ' ' || {{ number_in_words('feature_value') }} || ': '
        {# The first of several bounds needs no comma. #}
        || substr(
            coalesce(', ' || {{ number_in_words('minimum') }} || ' or more', '')
            || coalesce(', no more than ' || {{ number_in_words('maximum') }}, '')
            || coalesce(', above ' || {{ number_in_words('round(100 * minimum_quantile, 2)') }} || ' % of the buyers', ''),
            3
        )
    as string) as reason,
    feature_value
from ranked
where reason_rank <= 3
