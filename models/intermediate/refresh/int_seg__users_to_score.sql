{#
    One row per user whose features and scores a realtime run makes anew, or one row without a user: everybody. They are the
    users to refresh, and everybody where a mean price moved that price levels compare with, or a fit was made anew.
#}
{% if not refreshes_some_users() %}
select
    user_id,
    reason
from {{ ref('int_seg__users_to_refresh') }}
where user_id is null
{% else %}
with

why_everybody as (

    select min(coalesce(found.part, refreshed.part)) as reason
    from ({{ fingerprints_of_scoring() }}) as found
    full outer join (
        select *
        from ({{ earlier_rows(fingerprint_columns(), 'int_seg__refreshed_fingerprints') }}) as earlier
        where part like 'other %'
    ) as refreshed
        on
            found.part = refreshed.part
            and found.part_key = refreshed.part_key
    where found.fingerprint is distinct from refreshed.fingerprint

)

select
    cast(null as string) as user_id,
    reason
from why_everybody
where reason is not null

union all

select
    users_to_refresh.user_id,
    users_to_refresh.reason
from {{ ref('int_seg__users_to_refresh') }} as users_to_refresh
cross join why_everybody
where why_everybody.reason is null
{% endif %}
-- depends_on: {{ ref('int_seg__category_prices') }}
