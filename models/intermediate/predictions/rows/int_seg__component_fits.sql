{# One row per method, component and feature: the loadings that the Python fit returned, typed. #}
select
    cast(method as string) as method,
    cast(component_number as int) as component_number,
    cast(feature_name as string) as feature_name,
    cast(loading as double) as loading,
    cast(explained_variance_share as double) as explained_variance_share,
    cast(row_count as bigint) as row_count
from {{ ref('ml_seg__component_fits') }}
