{#
    One row per scheme and segment that ever was, and `other`: its latest name. A group can be published for longer than
    anybody belongs to it.
#}

with

today as (

    select distinct
        scheme,
        segment_key,
        segment_name
    from {{ ref('seg__user_segments') }}
    where segment_key <> 'other'

),

texts as (

    {{ reference_rows('segments', "scheme || '.' || segment_key", ['scheme', 'segment_key', 'segment_name']) }}

)

select
    scheme,
    segment_key,
    segment_name
from today

union all

{% for scheme in segment_schemes() %}
select
    '{{ scheme }}' as scheme,
    segment_key,
    cast(segment_name as string) as segment_name
from texts
where scheme = 'all' and segment_key = 'other'

union all

{% endfor %}
select
    earlier.scheme,
    earlier.segment_key,
    earlier.segment_name
from ({{ earlier_rows({'scheme': 'string', 'segment_key': 'string', 'segment_name': 'string'}) }}) as earlier
left join today
    on
        earlier.scheme = today.scheme
        and earlier.segment_key = today.segment_key
where today.segment_key is null and earlier.segment_key <> 'other'
