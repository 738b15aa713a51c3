{# One row per accepted event of the input `events`, under the resolved user and the standard event type. #}
{{ config(materialized='ephemeral') }}
{% set rows_of_users = ref('int_seg__events_to_clean') %}

with

kept as (

    {{ kept_rows(
        rows_of_users if refreshes_some_users() else ref('int_seg__events_judged'),
        'event_id',
        ['event_id', 'occurred_at', 'user_id', 'event_type', 'product_id', 'session_id', 'price', 'quantity',
         'duration_seconds', 'channel', 'device', 'user_agent', 'search_text']
    ) }}

),

event_types as (

    {{ reference_rows('event_types', 'source_event_type', ['source_event_type', 'event_type']) }}

)

select
    kept.event_id,
    coalesce(user_aliases.user_id, kept.user_id) as user_id,
    kept.user_id as source_user_id,
    nullif(trim(kept.session_id), '') as session_id,
    nullif(trim(kept.product_id), '') as product_id,
    kept.occurred_at,
    coalesce(event_types.event_type, lower(trim(kept.event_type))) as event_type,
    kept.channel,
    kept.device,
    kept.user_agent,
    kept.search_text,
    cast(kept.price as decimal(18, 4)) as price,
    cast(kept.quantity as bigint) as quantity,
    kept.duration_seconds,
    kept.copy_count
from kept
left join {{ ref('int_seg__user_aliases') }} as user_aliases
    on kept.user_id = user_aliases.source_user_id
left join event_types
    on lower(trim(kept.event_type)) = event_types.source_event_type
where {{ only_users_to_refresh('coalesce(user_aliases.user_id, kept.user_id)') }}
