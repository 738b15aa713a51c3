{# One row per cluster feature: how the users seen before the earlier date standardize it. Nothing later takes part. #}

{% set users %}
    select *
    from {{ ref('int_seg__past_users_to_segment') }}
    where has_been_seen
{% endset %}

{{ cluster_scaling_measured(users) }}
