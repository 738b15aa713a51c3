{# One row per row of the input `erasure_requests`, with why it is rejected, if it is. #}
{{ config(materialized='view_in_place') }}

select
    *,
    -- A request without a usable date is honoured all the same.
    case when {{ missing_text('user_id') }} then 'missing_user_id' end as reject_reason
from {{ ref('stg_seg__erasure_requests') }}
