{#
    One row per known user: whoever the shop lists, and whoever did, bought, reviewed or was sent something. An id that
    only bots used is no user.
#}
{{ config(materialized='by_user') }}

with

active as (

    select
        user_id,
        min(case
            when event_count + placed_order_count + returned_unit_count > 0 then activity_date
        end) as first_seen_date,
        min(activity_date) as first_known_date
    from {{ ref('int_seg__user_days') }}
    where {{ only_users_to_refresh('user_id') }}
    group by user_id

),

-- Several ids of one person: the row under the person's own id speaks first.
listed as (

    select
        user_id,
        min(signed_up_at) as signed_up_at,
        {% for column in [
            'birth_year', 'gender', 'country', 'region', 'acquisition_channel', 'email', 'attributes'
        ] %}
        coalesce(max(case when user_id = source_user_id then {{ column }} end), min({{ column }})) as {{ column }},
        {% endfor %}
        -- Consent holds only where no row of the person withholds it.
        min(case when has_marketing_consent then 1 else 0 end) = 1 as has_marketing_consent,
        count(has_marketing_consent) as consent_count
    from {{ ref('int_seg__users_kept') }}
    where {{ only_users_to_refresh('user_id') }}
    group by user_id

)

select
    coalesce(active.user_id, listed.user_id) as user_id,
    {{ md5_bucket('coalesce(active.user_id, listed.user_id)', 4294967296) }} as sample_bucket,
    listed.signed_up_at,
    active.first_seen_date,
    -- least() ignores nulls on DuckDB and Spark.
    least(active.first_known_date, cast(listed.signed_up_at as date)) as known_date,
    listed.birth_year,
    listed.gender,
    listed.country,
    listed.region,
    listed.acquisition_channel,
    listed.email,
    listed.attributes,
    -- Since when the shop lists the user is not known: today it does.
    listed.user_id is not null and listed.signed_up_at is null as is_listed_without_date,
    case when listed.consent_count > 0 then listed.has_marketing_consent end as has_marketing_consent
from active
full outer join listed
    on active.user_id = listed.user_id
