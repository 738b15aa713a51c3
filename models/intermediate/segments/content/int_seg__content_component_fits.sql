{# One row per date that components were learnt on, modality, component and item: all that were ever learnt. #}

{% set columns = {
    'as_of_date': 'date', 'modality': 'string', 'settings': 'string', 'component_number': 'int', 'item_name': 'string',
    'loading': 'double', 'item_weight': 'double', 'component_share': 'double'
} %}

{{ earlier_rows_of_other_dates(columns) }}

union all

select
    decisions.as_of_date,
    decisions.modality,
    decisions.settings,
    cast(components.component_number as int) as component_number,
    cast(components.item_name as string) as item_name,
    cast(components.loading as double) as loading,
    cast(components.item_weight as double) as item_weight,
    cast(components.component_share as double) as component_share
from {{ ref('ml_seg__content_components') }} as components
inner join {{ ref('int_seg__content_decisions') }} as decisions
    on components.modality = decisions.modality
