{# One row per as-of date that was run: whether the clusters were fitted anew, why, and which fit serves. #}

-- depends_on: {{ ref('int_seg__feature_histograms') }} (what the next date's drift is measured against)

{% set columns = {
    'as_of_date': 'date', 'fitted_as_of_date': 'date', 'last_fitted_as_of_date': 'date', 'refit_reason': 'string',
    'settings': 'string', 'cluster_count_rule': 'string', 'cluster_count': 'int', 'fit_age_days': 'int',
    'largest_population_stability_index': 'double', 'drifted_feature_count': 'int', 'new_user_share': 'double',
    'is_refit': 'boolean'
} %}

with

serving as (

    select
        max(as_of_date) as fitted_as_of_date,
        count(*) as cluster_count
    from {{ ref('int_seg__cluster_centroids') }}

),

rules as (

    select
        as_of_date,
        item_name as cluster_count_rule
    from {{ ref('int_seg__cluster_fits') }}
    where record_type = 'rule'

)

{{ earlier_rows_of_other_dates(columns) }}

union all

select
    decisions.as_of_date,
    serving.fitted_as_of_date,
    decisions.last_fitted_as_of_date,
    decisions.refit_reason,
    decisions.settings,
    cast(rules.cluster_count_rule as string) as cluster_count_rule,
    cast(serving.cluster_count as int) as cluster_count,
    decisions.fit_age_days,
    decisions.largest_population_stability_index,
    decisions.drifted_feature_count,
    decisions.new_user_share,
    decisions.is_refit
from {{ ref('int_seg__refit_decisions') }} as decisions
cross join serving
left join rules
    on serving.fitted_as_of_date = rules.as_of_date
