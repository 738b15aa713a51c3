{# One row per target, model, fit, tree and node: the ensembles that the Python fit returned, typed. #}
select
    cast(as_of_date as date) as as_of_date,
    cast(target_name as string) as target_name,
    cast(model_name as string) as model_name,
    cast(fit_name as string) as fit_name,
    cast(link as string) as link,
    cast(tree_number as int) as tree_number,
    cast(node_number as int) as node_number,
    cast(feature_name as string) as feature_name,
    case when feature_name is not null then cast(threshold as double) end as threshold,
    case when feature_name is not null then cast(left_node_number as int) end as left_node_number,
    case when feature_name is not null then cast(right_node_number as int) end as right_node_number,
    case when feature_name is null then cast(node_value as double) end as node_value,
    cast(row_count as bigint) as row_count
from {{ ref('ml_seg__tree_fits') }}
