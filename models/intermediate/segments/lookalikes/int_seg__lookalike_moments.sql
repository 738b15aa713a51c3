{#
    One row per purpose: mean and variance of the cluster features of the audience and of all users who were seen, in
    the space where they are standardized. The purpose `list` learns from the whole audience, `check` without those held back.
    A small audience says little of its spread: its variance is shrunk towards half of everybody's with the weight of ten users.
#}

{% set features = cluster_features() %}

with

users as (

    select *
    from {{ ref('int_seg__cluster_features') }}
    where has_been_seen

),

purposes as (

    select 'list' as purpose
    union all
    select 'check' as purpose

),

drawn as (

    select
        'all' as purpose,
        users.*
    from users

    union all

    select
        purposes.purpose,
        users.*
    from {{ ref('int_seg__lookalike_audience') }} as audience
    inner join users
        on audience.user_id = users.user_id
    inner join purposes
        on purposes.purpose = 'list' or not audience.is_held_back

),

moments as (

    select
        purpose,
        {% for feature in features %}
        {% set column = 'scaled_' ~ feature.name %}
        {{ ratio(exact_sum(column), 'count(*)') }} as {{ feature.name }}_mean,
        greatest(
            {{ ratio(exact_sum(column ~ ' * ' ~ column), 'count(*)') }}
            - power({{ ratio(exact_sum(column), 'count(*)') }}, 2),
            0
        ) as {{ feature.name }}_variance,
        {% endfor %}
        count(*) as user_count
    from drawn
    group by purpose

)

select
    audience.purpose,
    {% for feature in features %}
    audience.{{ feature.name }}_mean,
    greatest(
        (audience.user_count * audience.{{ feature.name }}_variance + 10 * 0.5 * all_users.{{ feature.name }}_variance)
        / (audience.user_count + 10),
        0.01 * all_users.{{ feature.name }}_variance
    ) as {{ feature.name }}_variance,
    all_users.{{ feature.name }}_mean as {{ feature.name }}_mean_of_all,
    all_users.{{ feature.name }}_variance as {{ feature.name }}_variance_of_all,
    {% endfor %}
    audience.user_count
from moments as audience
inner join moments as all_users
    on all_users.purpose = 'all'
where audience.purpose <> 'all'
