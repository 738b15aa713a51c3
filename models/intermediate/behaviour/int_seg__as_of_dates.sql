{#
    One row per date as of which features are computed. The scoring date ends what may be read; `split` and
    `label_until_date` are those of the shop's own horizon, or `lifetime` for a date that only the year of the
    lifetime value needs.
#}
select
    as_of_date,
    coalesce(
        max(case when horizon_days = {{ var('seg__horizon_days') }} then split end),
        'lifetime'
    ) as split,
    max(case when horizon_days = {{ var('seg__horizon_days') }} then label_until_date end) as label_until_date,
    cast({{ var('seg__horizon_days') }} as int) as horizon_days
from {{ ref('int_seg__outcome_windows') }}
group by as_of_date
