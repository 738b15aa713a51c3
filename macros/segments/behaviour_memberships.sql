{#
    A select of one row per user and as-of date: the type of behaviour by the rules of `seg_ref__behaviour_rules`, at most 60
    types. Quantiles are those of the buyers of the same date. The value of a condition is looked up by the feature's
    name, so the rules are data and no SQL is made of them.
    Every type is one bit of a number that says which types a user fails: there are few such numbers, and the first
    type that is left is looked up once for each.
#}
{% macro behaviour_memberships(users) %}
    with

    rules as (

        {{ reference_rows(
            'behaviour_rules',
            "segment_key || '.' || coalesce(feature_name, '')",
            ['segment_key', 'priority', 'feature_name', 'minimum', 'maximum', 'minimum_quantile']
        ) }}

    ),

    types as (

        select
            segment_key,
            min(priority) as priority,
            cast(power(2, row_number() over (order by min(priority), segment_key) - 1) as bigint) as type_bit
        from rules
        group by segment_key
        having count(priority) = count(*)

    ),

    conditions as (

        select
            rules.*,
            types.type_bit,
            -- Looked up once here: to find the users' values by number takes less than by name.
            {{ behaviour_feature_number('rules.feature_name') }} as feature_number
        from rules
        inner join types
            on rules.segment_key = types.segment_key

    ),

    asked as (

        select
            users.as_of_date,
            conditions.segment_key,
            conditions.feature_name,
            conditions.minimum_quantile,
            {{ behaviour_value('conditions.feature_number') }} as feature_value
        from ({{ users }}) as users
        cross join conditions
        where users.order_count > 0 and conditions.minimum_quantile is not null

    ),

    -- Ranks of values rather than of users: many share one.
    counted as (

        select
            as_of_date,
            segment_key,
            feature_name,
            minimum_quantile,
            feature_value,
            count(*) as user_count
        from asked
        where feature_value is not null
        group by as_of_date, segment_key, feature_name, minimum_quantile, feature_value

    ),

    shares as (

        select
            *,
            {{ ratio(
                'sum(user_count) over (partition by as_of_date, segment_key, feature_name order by feature_value) - user_count',
                'sum(user_count) over (partition by as_of_date, segment_key, feature_name)'
            ) }} as share_below
        from counted

    ),

    quantiles as (

        select
            as_of_date,
            segment_key,
            feature_name,
            min(feature_value) as lowest_value
        from shares
        where round(share_below, 9) >= minimum_quantile
        group by as_of_date, segment_key, feature_name

    ),

    bounds as (

        select
            dates.as_of_date,
            conditions.feature_name,
            conditions.feature_number,
            conditions.type_bit,
            conditions.minimum,
            conditions.maximum,
            conditions.minimum_quantile is not null as has_quantile,
            quantiles.lowest_value
        from (select distinct users.as_of_date from ({{ users }}) as users) as dates
        cross join conditions
        left join quantiles
            on
                dates.as_of_date = quantiles.as_of_date
                and conditions.segment_key = quantiles.segment_key
                and conditions.feature_name = quantiles.feature_name

    ),

    measured as (

        select
            users.user_id,
            bounds.*,
            {{ behaviour_value('bounds.feature_number') }} as feature_value
        from ({{ users }}) as users
        inner join bounds
            on users.as_of_date = bounds.as_of_date

    ),

    failed as (

        select
            user_id,
            as_of_date,
            bit_or(case
                when feature_name is null then 0
                when
                    feature_value is not null
                    and feature_value >= coalesce(minimum, feature_value)
                    and feature_value <= coalesce(maximum, feature_value)
                    and (not has_quantile or feature_value >= lowest_value)
                    then 0
                else type_bit
            end) as failed_types
        from measured
        group by user_id, as_of_date

    ),

    first_left as (

        select
            outcomes.failed_types,
            min_by(types.segment_key, types.type_bit) as segment_key
        from (select distinct failed_types from failed) as outcomes
        inner join types
            on (outcomes.failed_types & types.type_bit) = 0
        group by outcomes.failed_types

    )

    select
        failed.user_id,
        failed.as_of_date,
        cast(first_left.segment_key as string) as segment_key
    from failed
    left join first_left
        on failed.failed_types = first_left.failed_types
{% endmacro %}
