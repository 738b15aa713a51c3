{# One row per accepted row of the input `users`, with the user that its id resolves to. #}
{{ config(materialized='by_user', meta={'input_name': 'users'}) }}

with

kept as (

    {{ kept_rows(
        ref('int_seg__users_judged'),
        'user_id',
        ['user_id', 'signed_up_at', 'birth_year', 'gender', 'country', 'region', 'acquisition_channel', 'email',
         'has_marketing_consent', 'attributes'],
        input_name='users'
    ) }}

)

select
    coalesce(user_aliases.user_id, kept.user_id) as user_id,
    kept.user_id as source_user_id,
    kept.signed_up_at,
    cast(kept.birth_year as int) as birth_year,
    kept.gender,
    kept.country,
    kept.region,
    kept.acquisition_channel,
    kept.email,
    kept.has_marketing_consent,
    kept.attributes,
    kept.copy_count
from kept
left join {{ ref('int_seg__user_aliases') }} as user_aliases
    on kept.user_id = user_aliases.source_user_id
where {{ only_users_to_refresh('coalesce(user_aliases.user_id, kept.user_id)', input_name='users') }}
