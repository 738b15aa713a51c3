{#
    One row per user and as-of date: the segments under which the user was published. Kept are this date, the last one
    before, which the next comparison needs, and later ones; running a date again replaces it. Users who were
    erased since are taken out, users who wait for enough others have no row. A date that was published with a smaller
    minimum is forgotten.
#}

{% set columns = publication_columns() %}

with

run as (

    select as_of_date
    from {{ ref('int_seg__as_of_dates') }}
    where split = 'scoring'

),

earlier as (

    select earlier_rows.*
    from ({{ earlier_rows(columns) }}) as earlier_rows
    where
        earlier_rows.user_id not in (select erased.user_id from {{ ref('int_seg__erased_users') }} as erased)
        and earlier_rows.minimum_group_size >= {{ var('seg__minimum_group_size') }}

),

last_date as (

    select max(earlier.as_of_date) as as_of_date
    from earlier
    inner join run
        on earlier.as_of_date < run.as_of_date

),

{# Of users who are alike in everything it does not matter who waits. #}
numbered as (

    select
        wanted.*,
        row_number() over (partition by wanted.combination_id order by md5(wanted.user_id), wanted.user_id) as user_number
    from {{ ref('int_seg__segments_wanted') }} as wanted

)

select
    {% for column in columns %}
    earlier.{{ column }}{{ ',' if not loop.last }}
    {% endfor %}
from earlier
left join run
    on true
left join last_date
    on true
where
    run.as_of_date is null
    or earlier.as_of_date > run.as_of_date
    or earlier.as_of_date = last_date.as_of_date

union all

select
    numbered.user_id,
    numbered.as_of_date,
    cast({{ var('seg__minimum_group_size') }} as int) as minimum_group_size,
    {% for scheme in segment_schemes() %}
    cast(flows.{{ scheme }}_key as string) as {{ scheme }}_key,
    {% endfor %}
    {% for scheme in fitted_schemes() %}
    fits.{{ scheme }}_fit{{ ',' if not loop.last }}
    {% endfor %}
from numbered
inner join {{ ref('ml_seg__published_flows') }} as flows
    on
        numbered.combination_id = flows.combination_id
        and numbered.user_number > flows.waiting_count
cross join ({{ last_fit_fingerprints() }}) as fits
