{#
    One row per input row that was rejected, with the first reason that applied. A realtime run looks again only where an
    input has other rejected rows than before.
#}
-- depends_on: {{ ref('int_seg__input_fingerprints') }}
-- depends_on: {{ ref('int_seg__users_to_refresh') }}
{% set anew, new = rejections_to_refresh(), {} %}

with

rejected as (

    {% for input_name, columns in input_contract(none).items() %}
    {% set judged = ref('int_seg__' ~ input_name ~ '_judged') %}
    {% set rows = new_rows(input_name) if input_name in anew and refreshes_some_users() %}
    {% do new.update({input_name: rows if rows and are_rejections_those_seen(input_name)}) %}
    select
        '{{ input_name }}' as input_name,
        {{ input_key(input_name) }} as row_key,
        reject_reason,
        {{ row_as_json(columns | map(attribute=0) | reject('equalto', 'loaded_at') | list) }} as row_content
    from {{ new[input_name] or judged }}
    where reject_reason is not null and {{ 'true' if input_name in anew else 'false' }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
    {% if refreshes_some_users() %}

    union all

    select *
    from (
        {{ earlier_rows({'input_name': 'string', 'row_key': 'string', 'reject_reason': 'string', 'row_content': 'string'}) }}
    ) as earlier
    where
        true
        {% for input_name in anew %}
        {% if new[input_name] and new_rows_window(input_name).due_at %}
        -- What lay in the future is among the new rows.
        and (input_name <> '{{ input_name }}' or reject_reason <> 'in_the_future')
        {% elif not new[input_name] %}
        and input_name <> '{{ input_name }}'
        {% endif %}
        {% endfor %}

    {% endif %}

)

select
    cast(rejected.input_name as string) as input_name,
    -- Of a user who asked to be forgotten only the count remains.
    cast(case when rejected.reject_reason <> 'erased' then rejected.row_key end as string) as row_key,
    cast(rejected.reject_reason as string) as reject_reason,
    cast(case when rejected.reject_reason <> 'erased' then rejected.row_content end as string) as row_content,
    as_of_dates.as_of_date
from rejected
left join {{ ref('int_seg__as_of_dates') }} as as_of_dates
    on as_of_dates.split = 'scoring'
