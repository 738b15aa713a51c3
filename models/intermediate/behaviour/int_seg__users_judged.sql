{# One row per row of the input `users`, with why it is rejected, if it is. #}
{{ config(materialized='view_in_place') }}

select
    users.*,
    case
        when erased_users.user_id is not null then 'erased'
        when {{ missing_text('users.user_id') }} then 'missing_user_id'
        when signed_up_at < cast('{{ var("seg__earliest_date") }}' as timestamp) then 'before_earliest_date'
        when signed_up_at >= {{ build_started_at() }} then 'in_the_future'
        when {{ is_outside('birth_year', 1900, run_started_at.year) }} then 'impossible_birth_year'
        when birth_year <> floor(birth_year) then 'fractional_birth_year'
    end as reject_reason
from {{ ref('stg_seg__users') }} as users
left join {{ ref('int_seg__erased_users') }} as erased_users
    on users.user_id = erased_users.user_id
