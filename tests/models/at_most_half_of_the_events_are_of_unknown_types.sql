{# Types that nobody counts: `seg__event_types` is where a shop's own words are told. #}
{{ config(severity='warn') }}

select
    sum(case when event_type in ('{{ standard_event_types() | join("', '") }}') then 0 else 1 end) as unknown_count,
    count(*) as event_count
from {{ ref('seg__events') }}
having
    count(*) >= 20
    and sum(case when event_type in ('{{ standard_event_types() | join("', '") }}') then 0 else 1 end) > 0.5 * count(*)
