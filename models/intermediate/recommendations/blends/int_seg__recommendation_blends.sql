{#
    One row per whether repeats are allowed and history group: the weights in use, from the fit or, where there is no
    validation period or nobody of the group in it, from the default blend.
#}

with

history_groups as (

    {% for history_group in ['none', 'little', 'much'] %}
    select '{{ history_group }}' as history_group
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

modes as (

    select true as repeats_allowed
    union all
    select false as repeats_allowed

),

defaults as (

    {{ reference_rows('recommendation_blends', 'strength_name', ['strength_name', 'default_weight']) }}

),

pivoted_defaults as (

    select
        {% for strength in recommendation_strengths() %}
        coalesce(max(case when strength_name = '{{ strength }}' then default_weight end), 0)
            as {{ strength }}_weight{{ ',' if not loop.last }}
        {% endfor %}
    from defaults

),

fits as (

    select
        repeats_allowed,
        history_group,
        {% for strength in recommendation_strengths() %}
        max(case when strength_name = '{{ strength }}' then weight end) as {{ strength }}_weight,
        {% endfor %}
        max(blend_ndcg) as ndcg,
        max(user_count) as user_count
    from {{ ref('int_seg__recommendation_weights') }}
    group by repeats_allowed, history_group

)

select
    modes.repeats_allowed,
    history_groups.history_group,
    {% for strength in recommendation_strengths() %}
    cast(coalesce(fits.{{ strength }}_weight, defaults.{{ strength }}_weight) as double) as {{ strength }}_weight,
    {% endfor %}
    fits.ndcg,
    cast(coalesce(fits.user_count, 0) as bigint) as user_count
from history_groups
cross join modes
cross join pivoted_defaults as defaults
left join fits
    on
        modes.repeats_allowed = fits.repeats_allowed
        and history_groups.history_group = fits.history_group
