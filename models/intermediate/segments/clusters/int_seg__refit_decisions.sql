{#
    One row per as-of date, the one of this build: whether the clusters are fitted anew, and why. What there is no
    fit for before the date is fitted whatever the policy says.
#}

{% set clusters = var('seg__cluster_count') or 'chosen up to ' ~ var('seg__max_cluster_count') %}
{% set settings %}
'{{ var("seg__cluster_modalities") | join(", ") }}; clusters {{ clusters }}; seed {{ var("seg__random_seed") }}; winsorized {{ var("seg__winsor_low") }} to {{ var("seg__winsor_high") }}'
{% endset %}
{% set policy = var('seg__refit_policy') %}
{% if policy not in ['auto', 'always', 'never'] %}
    {{ exceptions.raise_compiler_error("seg__refit_policy is '" ~ policy ~ "': it must be auto, always or never") }}
{% endif %}

with

run as (

    select as_of_date
    from {{ ref('int_seg__as_of_dates') }}
    where split = 'scoring' and as_of_date is not null

),

rules as (

    {{ reference_rows('cluster_features', 'feature_name', ['feature_name', 'transform', 'fill', 'weight']) }}

),

last_fit as (

    select max(as_of_date) as as_of_date
    from {{ ref('int_seg__last_fit_scaling') }}

),

{# The features of today that the last fit knew, and those that it scaled by the same rules. #}
known_features as (

    select
        count(*) as feature_count,
        coalesce(sum(case
            when
                rules.transform = scaling.transform
                and rules.fill = scaling.fill
                and rules.weight = scaling.rule_weight
                then 1
            else 0
        end), 0) as unchanged_count,
        (select count(*) from {{ ref('int_seg__last_fit_scaling') }}) as last_feature_count
    from (
        {% for feature in cluster_features() %}
        select '{{ feature.name }}' as feature_name, '{{ feature.rule }}' as rule_name
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ) as features
    inner join rules
        on features.rule_name = rules.feature_name
    inner join {{ ref('int_seg__last_fit_scaling') }} as scaling
        on features.feature_name = scaling.feature_name

),

last_settings as (

    select
        as_of_date,
        settings,
        cluster_count
    from ({{ earlier_rows(
        {'as_of_date': 'date', 'settings': 'string', 'cluster_count': 'int'}, model='seg__fit_log'
    ) }}) as earlier

),

learnt as (

    select count(*) as component_row_count
    from {{ ref('int_seg__content_component_fits') }} as fits
    inner join run
        on fits.as_of_date = run.as_of_date

),

drift as (

    select
        max(population_stability_index) as largest_population_stability_index,
        sum(case when is_drifted then 1 else 0 end) as drifted_feature_count
    from {{ ref('seg__feature_drift') }}

),

users as (

    select
        count(*) as user_count,
        sum(case
            when users.days_since_first_seen
                <= {{ dbt.datediff('last_fit.as_of_date', 'users.as_of_date', 'day') }} then 1 else 0
        end) as new_user_count
    from {{ ref('int_seg__users_to_segment') }} as users
    cross join last_fit
    where users.has_been_seen

),

measured as (

    select
        run.as_of_date,
        last_fit.as_of_date as last_fitted_as_of_date,
        known_features.feature_count,
        known_features.unchanged_count,
        known_features.last_feature_count,
        last_settings.settings as last_settings,
        last_settings.cluster_count as last_cluster_count,
        learnt.component_row_count,
        {{ dbt.datediff('last_fit.as_of_date', 'run.as_of_date', 'day') }} as fit_age_days,
        drift.largest_population_stability_index,
        coalesce(drift.drifted_feature_count, 0) as drifted_feature_count,
        case
            when last_fit.as_of_date is not null then {{ ratio('users.new_user_count', 'users.user_count') }}
        end as new_user_share
    from run
    cross join last_fit
    cross join known_features
    cross join drift
    cross join users
    cross join learnt
    left join last_settings
        on last_fit.as_of_date = last_settings.as_of_date

),

decided as (

    select
        *,
        case
            when last_fitted_as_of_date is null then 'first_fit'
            {# What the last fit does not know it cannot score. #}
            when feature_count <> {{ cluster_features() | length }} then 'features_changed'
            when last_feature_count <> {{ cluster_features() | length }} then 'features_changed'
            {# Components of embeddings or topics are new: the last clusters were measured on other axes. #}
            when component_row_count > 0 then 'content_changed'
            {# Assignment compares no more clusters than the settings allow. #}
            when last_cluster_count > {{ most_clusters() }} then 'settings_changed'
            when {{ policy == 'always' }} then 'policy_always'
            when {{ policy == 'never' }} then null
            when coalesce(last_settings, '') <> {{ settings }} then 'settings_changed'
            when unchanged_count < feature_count then 'settings_changed'
            when drifted_feature_count > 0 then 'drift'
            when fit_age_days > {{ var('seg__refit_max_age_days') }} then 'age'
            when new_user_share > {{ var('seg__refit_max_new_user_share') }} then 'new_users'
        end as refit_reason
    from measured

)

select
    as_of_date,
    last_fitted_as_of_date,
    cast(refit_reason as string) as refit_reason,
    cast({{ settings }} as string) as settings,
    cast(fit_age_days as int) as fit_age_days,
    largest_population_stability_index,
    cast(drifted_feature_count as int) as drifted_feature_count,
    new_user_share,
    refit_reason is not null as is_refit
from decided
