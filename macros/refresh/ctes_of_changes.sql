{#
    CTEs of `int_seg__users_to_refresh` about what is new: `refreshed`, the fingerprints that the last run left; `current_rows`, those
    of now; `changed`, the parts that differ, with whose they were and are, and whether rows are gone or all are new.
#}
{% macro ctes_of_changes() -%}
refreshed as (

    {{ earlier_rows(fingerprint_columns(), 'int_seg__refreshed_fingerprints') }}

),

current_rows as (

    select * from {{ ref('int_seg__input_fingerprints') }}

),

earlier as (

    select *
    from refreshed
    where part not like 'other %' and part not in ('{{ parts_found_if_new() | join("', '") }}')

    union all

    -- What was not found is as it was.
    select refreshed.*
    from refreshed
    inner join current_rows
        on
            refreshed.part = current_rows.part
            and refreshed.part_key = current_rows.part_key
    where refreshed.part in ('{{ parts_found_if_new() | join("', '") }}')

),

changed as (

    select
        coalesce(current_rows.part, earlier.part) as part,
        coalesce(current_rows.part_key, earlier.part_key) as part_key,
        earlier.user_id as earlier_user_id,
        current_rows.user_id,
        coalesce(current_rows.row_count, 0) < earlier.row_count as is_shrunk,
        earlier.part is null as is_new
    from current_rows
    full outer join earlier
        on
            current_rows.part = earlier.part
            and current_rows.part_key = earlier.part_key
    where
        current_rows.fingerprint is distinct from earlier.fingerprint
        or current_rows.row_count is distinct from earlier.row_count
        or current_rows.user_id is distinct from earlier.user_id

),
{%- endmacro %}
