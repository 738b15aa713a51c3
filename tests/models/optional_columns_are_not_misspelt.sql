{#
    Columns of the inputs that are read under no name and are spelt nearly like an optional one that is missing: what
    they hold would count as not given.
#}
{{ config(severity='warn') }}

with

columns as (

    {% for input_name, contracted in input_contract(none).items() %}
    {% set relation = input_relation(input_name) %}
    {% set found = (relation_column_types(relation) if execute and relation is not none else {}) or {} %}
    {% set names = contracted | map('first') | list %}
    {% for name in found if name not in names %}
    select
        '{{ input_name }}' as input_name,
        '{{ name | replace("'", "''") }}' as column_name,
        false as is_contracted
    union all
    {% endfor %}
    {% for name in names if found and name not in found %}
    select
        '{{ input_name }}' as input_name,
        '{{ name }}' as column_name,
        true as is_contracted
    union all
    {% endfor %}
    {% endfor %}
    select
        cast(null as string) as input_name,
        cast(null as string) as column_name,
        cast(null as boolean) as is_contracted
    where false

)

select
    'seg__' || unread.input_name as var_name,
    unread.column_name,
    missing.column_name as column_name_meant
from columns as unread
inner join columns as missing
    on
        unread.input_name = missing.input_name
        and not unread.is_contracted
        and missing.is_contracted
where
    replace(unread.column_name, '_', '') = replace(missing.column_name, '_', '')
    or levenshtein(unread.column_name, missing.column_name) = 1
