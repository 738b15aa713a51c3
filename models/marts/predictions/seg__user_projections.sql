{# One row per user: where the user lies in the plane of the first two principal components, for plotting. #}
{% set is_fitted = "exists (select 1 from " ~ ref('int_seg__component_fits') ~ " where method = '%s')" %}

select
    cast(user_id as string) as user_id,
    as_of_date,
    case when {{ is_fitted % 'pca' }} then component_1 end as component_1,
    case when {{ is_fitted % 'pca' }} then component_2 end as component_2,
    case when {{ is_fitted % 'lda' }} then discriminant_1 end as discriminant_1
from {{ ref('int_seg__prediction_features') }}
where split = 'scoring' and horizon_days = {{ var('seg__horizon_days') }}
