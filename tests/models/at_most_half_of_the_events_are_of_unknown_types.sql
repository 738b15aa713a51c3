{# Types that nobody counts: `seg__event_types` is where a shop's own words are told. #}
{{ config(severity='warn') }}

with

counted as (

    select
        count(*) as event_count,
        sum(case when event_type in ('{{ standard_event_types() | join("', '") }}') then 0 else 1 end) as unknown_count
    from {{ ref('seg__events') }}

)

select *
from counted
where event_count >= 20 and unknown_count > 0.5 * event_count
