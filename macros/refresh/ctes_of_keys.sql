{#
    CTEs of `int_seg__users_to_refresh` about rows that share a key, from `changed`: `own_<input>`, the keys and sessions of the
    changed ids' rows now, or of the new ones alone where these are known; `of_same_keys`, the users who have a row of such a key,
    and the input as the reason; `gone_<input>`, keys whose kept row was one of these ids' and is none of theirs now: none where
    all that is known to differ is new.
    keyed: name of an input whose rows have keys -> the table of those that were kept.
#}
{% macro ctes_of_keys(keyed) -%}
{% set judged, new, kept = {}, {}, {} %}
{% for input_name, table in keyed.items() %}
{% do kept.update({input_name: kept_keys(input_name, table)}) %}
{% do judged.update({input_name: ref('int_seg__' ~ input_name ~ '_judged')}) %}
{% do new.update({input_name: new_rows(input_name)}) %}
{% endfor %}
-- A key that somebody else has too: which of the rows is kept may have changed.
{% for input_name in keyed %}
own_{{ input_name }} as (

    select
        {{ input_key(input_name) }} as row_key,
        {{ 'trim(session_id)' if input_name == 'events' else 'null' }} as session_id
    from {{ new[input_name] or judged[input_name] }} as judged
    where
        reject_reason is null
        and user_id in (select part_key from changed where part = '{{ input_name }}')

),

{% endfor %}
of_same_keys as (

    {% for input_name in keyed %}
    select
        coalesce(user_aliases.user_id, same_keys.user_id) as user_id,
        '{{ input_name }}' as reason
    from (
        {% if new[input_name] %}
        -- Who had the first of the rows before; the others' rows are no more the first than they were.
        select distinct source_user_id as user_id
        from ({{ kept[input_name] }}) as kept
        where row_key in (select row_key from own_{{ input_name }})
        {% else %}
        select distinct user_id
        from {{ judged[input_name] }}
        where
            reject_reason is null
            and {{ input_key(input_name) }} in (select row_key from own_{{ input_name }})
        {% endif %}
    ) as same_keys
    left join {{ ref('int_seg__user_aliases') }} as user_aliases
        on same_keys.user_id = user_aliases.source_user_id
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- As many rows as before, under other keys: whose row of such a key is kept now is not told by those that changed.
{% for input_name in keyed %}
gone_{{ input_name }} as (

    select kept.row_key
    from ({{ kept[input_name] }}) as kept
    left join own_{{ input_name }} as own
        on kept.row_key = own.row_key
    where
        kept.source_user_id in (select part_key from changed where part = '{{ input_name }}')
        and own.row_key is null
        {{ 'and false' if new[input_name] }}

),

{% endfor %}
{%- endmacro %}

{# A select of the keys of an input that were kept before, `row_key`, and whose rows they were, `source_user_id`. #}
{% macro kept_keys(input_name, table) %}
    {% set columns = {input_key(input_name): 'string', 'source_user_id': 'string'} %}
    {% if input_name == 'events' %}
    {% do columns.update({'source_input': 'string'}) %}
    {% endif %}
    select
        {{ input_key(input_name) }} as row_key,
        source_user_id
    from ({{ earlier_rows(columns, table) }}) as earlier
    {{ "where source_input = 'events'" if input_name == 'events' }}
{% endmacro %}
