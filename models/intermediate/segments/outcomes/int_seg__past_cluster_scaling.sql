{#
    One row per cluster feature: how the users seen before the earlier date standardize it, and what it weighs among them.
    Nothing later takes part, so what they dealt with and wrote does not either: its components are learnt today.
#}

{% set users %}
    select *
    from {{ ref('int_seg__past_users_to_segment') }}
    where has_been_seen
{% endset %}

with

past_measured as (

    {{ cluster_scaling_measured(users) }}

),

past_weights as (

    {{ cluster_weights(ref('int_seg__past_users_to_segment'), 'past_measured') }}

)

select
    past_measured.*,
    past_weights.weight
from past_measured
inner join past_weights
    on past_measured.feature_name = past_weights.feature_name
