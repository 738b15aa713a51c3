{#
    A select of one row per cluster feature: the parameters that take it from its own unit to a standardized one, from
    these users; no row without any.
#}
{% macro cluster_scaling_measured(users) %}
    {% set features = cluster_features() %}

    with

    rules as (

        {{ reference_rows('cluster_features', 'feature_name', ['feature_name', 'transform', 'fill', 'weight']) }}

    ),

    rules_in_one_row as (

        select
            {% for feature in features %}
            max(case when feature_name = '{{ feature.rule }}' then transform end) as {{ feature.name }}_transform,
            max(case when feature_name = '{{ feature.rule }}' then fill end) as {{ feature.name }}_fill
            {{- ',' if not loop.last }}
            {% endfor %}
        from rules

    ),

    users as (

        select * from ({{ users }}) as fitted_users

    ),

    bounds as (

        select
            max(users.as_of_date) as as_of_date,
            {% for feature in features %}
            percentile_cont({{ var('seg__winsor_low') }}) within group (order by {{ cluster_filled(feature) }})
                as {{ feature.name }}_low,
            percentile_cont({{ var('seg__winsor_high') }}) within group (order by {{ cluster_filled(feature) }})
                as {{ feature.name }}_high{{ ',' if not loop.last }}
            {% endfor %}
        from users
        cross join rules_in_one_row

    ),

    transformed as (

        select
            {% for feature in features %}
            {{ cluster_transformed(feature) }} as {{ feature.name }}{{ ',' if not loop.last }}
            {% endfor %}
        from users
        cross join bounds
        cross join rules_in_one_row

    ),

    -- In units of the range, where the eight decimals of exact sums are plenty: a topic can be close to nobody.
    ranges as (

        select
            {% for feature in features %}
            {{ cluster_on_own_scale(feature, feature.name ~ '_low') }} as {{ feature.name }}_least,
            nullif(
                {{ cluster_on_own_scale(feature, feature.name ~ '_high') }}
                - {{ cluster_on_own_scale(feature, feature.name ~ '_low') }},
                0
            ) as {{ feature.name }}_range{{ ',' if not loop.last }}
            {% endfor %}
        from bounds
        cross join rules_in_one_row

    ),

    means as (

        select
            {% for feature in features %}
            {% set place = '(' ~ feature.name ~ ' - ' ~ feature.name ~ '_least) / ' ~ feature.name ~ '_range' %}
            max({{ feature.name }}_range) as {{ feature.name }}_range,
            max({{ feature.name }}_least) + coalesce(
                max({{ feature.name }}_range) * {{ ratio(exact_sum(place), 'count(' ~ feature.name ~ ')') }},
                0
            ) as {{ feature.name }}_mean{{ ',' if not loop.last }}
            {% endfor %}
        from transformed
        cross join ranges

    ),

    deviations as (

        select
            {% for feature in features %}
            {% set deviation = '(' ~ feature.name ~ ' - ' ~ feature.name ~ '_mean) / ' ~ feature.name ~ '_range' %}
            sqrt({{ ratio(
                exact_sum('(' ~ deviation ~ ') * (' ~ deviation ~ ')'), 'count(' ~ feature.name ~ ')'
            ) }}) * max({{ feature.name }}_range) as {{ feature.name }}_deviation{{ ',' if not loop.last }}
            {% endfor %}
        from transformed
        cross join means

    ),

    measured as (

        {% for feature in features %}
        select
            bounds.as_of_date,
            cast('{{ feature.name }}' as string) as feature_name,
            '{{ feature.rule }}' as rule_name,
            cast(bounds.{{ feature.name }}_low as double) as low,
            cast(bounds.{{ feature.name }}_high as double) as high,
            cast(means.{{ feature.name }}_mean as double) as mean,
            cast(coalesce(deviations.{{ feature.name }}_deviation, 0) as double) as standard_deviation
        from bounds
        cross join means
        cross join deviations
        where bounds.as_of_date is not null
        {{ 'union all' if not loop.last }}
        {% endfor %}

    )

    select
        measured.as_of_date,
        measured.feature_name,
        cast(rules.transform as string) as transform,
        cast(rules.fill as string) as fill,
        measured.low,
        measured.high,
        measured.mean,
        measured.standard_deviation,
        cast(rules.weight as double) as rule_weight
    from measured
    inner join rules
        on measured.rule_name = rules.feature_name
{% endmacro %}
