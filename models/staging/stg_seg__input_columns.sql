{# One row per contracted column of every input. Stops the build when an input cannot be read, or where a
   realtime run has nothing to go on from. #}
{{ config(materialized='table_in_place') }}

{% do raise_without_a_whole_build() %}
{% set checked = check_inputs() %}

with

checked as (

    {% for input_name, relation_name, column_name, accepted, found, is_required, is_given in checked %}
    select
        '{{ input_name }}' as input_name,
        {{ "'" ~ relation_name.replace("'", "''") ~ "'" if relation_name else 'null' }} as relation_name,
        '{{ column_name }}' as column_name,
        '{{ accepted }}' as accepted_types,
        {{ "'" ~ found.replace("'", "''") ~ "'" if found else 'null' }} as found_type,
        {{ is_required | lower }} as is_required,
        {{ is_given | lower }} as is_given
    {{ 'union all' if not loop.last }}
    {% else %}
    select
        null as input_name,
        null as relation_name,
        null as column_name,
        null as accepted_types,
        null as found_type,
        null as is_required,
        null as is_given
    where false
    {% endfor %}

)

select
    cast(input_name as string) as input_name,
    cast(relation_name as string) as relation_name,
    cast(column_name as string) as column_name,
    cast(accepted_types as string) as accepted_types,
    cast(found_type as string) as found_type,
    cast(is_required as boolean) as is_required,
    cast(is_given as boolean) as is_given
from checked
