{#
    One row per cluster feature: how far its distribution has moved since the last fit before the as-of date. No row
    before the second as-of date that is run.

    Sources: population stability index, Siddiqi 2006; its expectation without drift, Yurdakul 2018; Kolmogorov-
    Smirnov as the largest distance between the two distributions at the bounds of 60 bins.
#}

{% set least_share = 0.0001 %}

with

last_fit as (

    select distinct as_of_date
    from {{ ref('int_seg__last_fit_scaling') }}

),

fitted as (

    select
        earlier.feature_name,
        earlier.bin_number,
        earlier.user_count
    from ({{ earlier_rows({
        'as_of_date': 'date', 'feature_name': 'string', 'bin_number': 'int', 'user_count': 'bigint'
    }, model='int_seg__feature_histograms') }}) as earlier
    inner join last_fit
        on earlier.as_of_date = last_fit.as_of_date

),

present as (

    {{ cluster_histogram(ref('int_seg__last_fit_features'), ref('int_seg__last_fit_scaling')) }}

),

bins as (

    select
        coalesce(fitted.feature_name, present.feature_name) as feature_name,
        coalesce(fitted.bin_number, present.bin_number) as bin_number,
        coalesce(fitted.user_count, 0) as fitted_count,
        coalesce(present.user_count, 0) as present_count
    from fitted
    full outer join present
        on
            fitted.feature_name = present.feature_name
            and fitted.bin_number = present.bin_number

),

shares as (

    select
        feature_name,
        bin_number,
        sum(fitted_count) over (partition by feature_name) as fitted_user_count,
        sum(present_count) over (partition by feature_name) as user_count,
        {{ ratio('fitted_count', 'sum(fitted_count) over (partition by feature_name)') }} as fitted_share,
        {{ ratio('present_count', 'sum(present_count) over (partition by feature_name)') }} as present_share,
        abs(
            {{ ratio(
                'sum(fitted_count) over (partition by feature_name order by bin_number)',
                'sum(fitted_count) over (partition by feature_name)'
            ) }}
            - {{ ratio(
                'sum(present_count) over (partition by feature_name order by bin_number)',
                'sum(present_count) over (partition by feature_name)'
            ) }}
        ) as distance
    from bins

),

-- Half a standard deviation wide: narrower bins hold too few users of a small shop.
widened as (

    select
        *,
        floor(bin_number / 5.0) as wide_bin_number
    from shares

),

wide_bins as (

    select
        feature_name,
        wide_bin_number,
        max(fitted_user_count) as fitted_user_count,
        max(user_count) as user_count,
        greatest(sum(fitted_share), {{ least_share }}) as fitted_share,
        greatest(sum(present_share), {{ least_share }}) as present_share,
        max(distance) as distance
    from widened
    group by feature_name, wide_bin_number

),

measured as (

    select
        feature_name,
        max(fitted_user_count) as fitted_user_count,
        max(user_count) as user_count,
        {{ exact_sum('(present_share - fitted_share) * ln(present_share / fitted_share)') }}
            as population_stability_index,
        (count(*) - 1) * (1.0 / max(fitted_user_count) + 1.0 / max(user_count)) as expected_without_drift,
        max(distance) as kolmogorov_smirnov
    from wide_bins
    group by feature_name

)

select
    as_of_dates.as_of_date,
    last_fit.as_of_date as fitted_as_of_date,
    cast(measured.feature_name as string) as feature_name,
    cast(measured.fitted_user_count as bigint) as fitted_user_count,
    cast(measured.user_count as bigint) as user_count,
    cast(measured.population_stability_index as double) as population_stability_index,
    cast(measured.expected_without_drift as double) as expected_without_drift,
    cast(measured.kolmogorov_smirnov as double) as kolmogorov_smirnov,
    measured.population_stability_index - measured.expected_without_drift
    > {{ var('seg__refit_max_population_stability_index') }} as is_drifted
from measured
cross join last_fit
inner join {{ ref('int_seg__as_of_dates') }} as as_of_dates
    on as_of_dates.split = 'scoring'
where measured.fitted_user_count > 0 and measured.user_count > 0
