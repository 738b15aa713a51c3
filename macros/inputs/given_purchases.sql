{#
    The accepted purchases of the input `events`, in brackets: whether there are any decides where purchases come from. Where the
    new rows are known, these, and one row where there were any before.
#}
{% macro given_purchases() -%}
    {%- set judged, types = ref('int_seg__events_judged'), fingerprint_of_rules('event_types', ['source_event_type', 'event_type']) -%}
    {%- set new = new_rows('events') if is_rule_seen('event_types', types) -%}
    (
        {% if new %}
        select 'an earlier one' as event_id
        from ({{ earlier_rows(fingerprint_columns(), 'int_seg__refreshed_fingerprints') }}) as earlier
        where part = 'rules' and part_key = 'purchases given' and fingerprint = 1

        union all

        {% endif %}
        select events.event_id
        from {{ new or judged }} as events
        inner join (
            {{ reference_rows('event_types', 'source_event_type', ['source_event_type', 'event_type']) }}
        ) as event_types
            on lower(trim(events.event_type)) = event_types.source_event_type
        where
            events.reject_reason is null
            and event_types.event_type = 'purchase'
    )
{%- endmacro %}
