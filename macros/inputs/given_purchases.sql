{# The accepted purchases of the input `events`, in brackets: whether there are any decides where purchases come from. #}
{% macro given_purchases() -%}
    (
        select events.event_id
        from {{ ref('int_seg__events_judged') }} as events
        inner join (
            {{ reference_rows('event_types', 'source_event_type', ['source_event_type', 'event_type']) }}
        ) as event_types
            on lower(trim(events.event_type)) = event_types.source_event_type
        where
            events.reject_reason is null
            and event_types.event_type = 'purchase'
    )
{%- endmacro %}
