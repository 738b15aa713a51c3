{#
    One row per part of what tables by user are made of: per input and id of a user the accepted rows, and per input and reason
    the rejected ones; per alias the user that it resolves to; per product what affinities and units see of it; each
    rule and setting.
    What differs from `int_seg__refreshed_fingerprints` is new. Of `parts_found_if_new` there are no others.
#}

with

of_inputs as (

    select * from {{ ref('int_seg__event_fingerprints') }}
    {% for input_name in input_contract(none) if input_name != 'events' %}
    union all
    {{ fingerprints_of_input(input_name) }}
    {% endfor %}

),

of_products as (

    select
        'products' as part,
        product_id as part_key,
        {{ row_fingerprint(['lower(trim(category))', 'lower(trim(brand))', 'embedding']) }} as fingerprint
    from {{ ref('int_seg__products_kept') }}

    {% for column in ['category', 'brand'] %}
    union all

    select
        '{{ column }}' as part,
        spelling_key as part_key,
        {{ row_fingerprint(['spelling']) }} as fingerprint
    from ({{ usual_spellings(ref('int_seg__products_kept'), column) }}) as {{ column }}_spellings

    {% endfor %}
),

of_rules as (

    {% for name, columns in {
        'event_types': ['source_event_type', 'event_type'],
        'event_weights': ['event_type', 'weight'],
        'bot_rules': ['rule_name', 'measure', 'minimum', 'pattern'],
    }.items() %}
    select
        'rules' as part,
        '{{ name }}' as part_key,
        fingerprint
    from ({{ fingerprint_of_rules(name, columns) }}) as {{ name }}

    union all

    {% endfor %}
    -- Where purchases come from, and where orders do.
    select
        'rules' as part,
        'purchases given' as part_key,
        case when exists {{ given_purchases() }} then 1 else 0 end as fingerprint

    union all

    select
        'rules' as part,
        'order lines given' as part_key,
        sign(count(*)) as fingerprint
    from (
        select part from of_inputs
        {% if new_rows_window('order_lines') %}
        union all
        select part from ({{ earlier_rows(fingerprint_columns(), 'int_seg__refreshed_fingerprints') }}) as earlier
        {% endif %}
    ) as given
    where part = 'order_lines'

    union all

    select
        'rules' as part,
        'settings {{ refresh_settings() }}' as part_key,
        1 as fingerprint

    union all

    select
        'erasures' as part,
        'requests' as part_key,
        fingerprint
    from ({{ fingerprint_of_erasures() }}) as of_erasures

    union all

    -- What a session does after it does not make it a bot's.
    select
        'as_of_date' as part,
        '{{ as_of_limit() }}' as part_key,
        1 as fingerprint

    union all

    select
        'identities' as part,
        '{{ refresh_settings() }}' as part_key,
        fingerprint
    from ({{ fingerprint_of_identities() }}) as of_identities

)

select
    cast(part as string) as part,
    cast(part_key as string) as part_key,
    cast(null as string) as user_id,
    cast(row_count as bigint) as row_count,
    cast(fingerprint as decimal(38, 0)) as fingerprint,
    cast(loaded_until as timestamp) as loaded_until,
    cast(due_at as timestamp) as due_at,
    cast(load_fingerprint as decimal(38, 0)) as load_fingerprint
from of_inputs

union all

select
    'aliases' as part,
    cast(source_user_id as string) as part_key,
    cast(user_id as string) as user_id,
    cast(1 as bigint) as row_count,
    cast(null as decimal(38, 0)) as fingerprint,
    cast(null as timestamp) as loaded_until,
    cast(null as timestamp) as due_at,
    cast(null as decimal(38, 0)) as load_fingerprint
from {{ ref('int_seg__user_aliases') }}
where {{ 'false' if 'aliases' in parts_found_if_new() else 'true' }}

union all

select
    cast(part as string) as part,
    cast(part_key as string) as part_key,
    cast(null as string) as user_id,
    cast(1 as bigint) as row_count,
    cast(fingerprint as decimal(38, 0)) as fingerprint,
    cast(null as timestamp) as loaded_until,
    cast(null as timestamp) as due_at,
    cast(null as decimal(38, 0)) as load_fingerprint
from (
    select * from of_products
    union all
    select * from of_rules
) as of_others
