{#
    One row per cluster feature: the parameters that take it from its own unit to a standardized one, from the users
    that were ever seen before the as-of date. No row where the last fit still serves.
#}

{% set users %}
    select users.*
    from {{ ref('int_seg__users_to_segment') }} as users
    inner join {{ ref('int_seg__refit_decisions') }} as decisions
        on users.as_of_date = decisions.as_of_date
    where users.has_been_seen and decisions.is_refit
{% endset %}

{{ cluster_scaling_measured(users) }}
