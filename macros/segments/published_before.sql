{#
    A select of one row per user who was published by the last run up to this date: of every scheme the segment the user
    was published in then (last), and the one of the last date before this (from). The two differ where this date was run
    already: what it told then is told. What was published of smaller groups than now are allowed is as if it never was,
    and so are segments of a fit that another of the same date has replaced: their keys mean other users now.
#}
{% macro published_before() %}
    {%- set earlier -%}
    (
        select
            earlier_rows.*,
            run.as_of_date as run_date,
            coalesce(earlier_rows.fit_fingerprint = fits.fit_fingerprint, false) as is_of_this_fit
        from ({{ earlier_rows(publication_columns(), model='int_seg__publications') }}) as earlier_rows
        inner join {{ ref('int_seg__as_of_dates') }} as run
            on
                run.split = 'scoring'
                and earlier_rows.as_of_date <= run.as_of_date
                and earlier_rows.minimum_group_size >= {{ var('seg__minimum_group_size') }}
        cross join ({{ fit_fingerprint() }}) as fits
    )
    {%- endset -%}
    select
        last_published.user_id,
        {% for scheme in segment_schemes() %}
        {% if scheme in fitted_schemes() %}
        case
            when last_published.as_of_date < last_published.run_date or last_published.is_of_this_fit
                then last_published.{{ scheme }}_key
        end as {{ scheme }}_last,
        {% else %}
        last_published.{{ scheme }}_key as {{ scheme }}_last,
        {% endif %}
        from_published.{{ scheme }}_key as {{ scheme }}_from{{ ',' if not loop.last }}
        {% endfor %}
    from {{ earlier }} as last_published
    inner join (
        select
            max(as_of_date) as last_date,
            max(case when as_of_date < run_date then as_of_date end) as from_date
        from {{ earlier }} as earlier
    ) as dates
        on last_published.as_of_date = dates.last_date
    left join {{ earlier }} as from_published
        on
            last_published.user_id = from_published.user_id
            and dates.from_date = from_published.as_of_date
{% endmacro %}

{# Columns of the published segments that are kept from run to run: name -> type. #}
{% macro publication_columns() %}
    {% set columns = {
        'user_id': 'string', 'as_of_date': 'date', 'minimum_group_size': 'int', 'fit_fingerprint': 'string'
    } %}
    {% for scheme in segment_schemes() %}
        {% do columns.update({scheme ~ '_key': 'string'}) %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}

{# A select of one row: what tells the last fit up to this date from another one of the same date, its keys and names. #}
{% macro fit_fingerprint() %}
    select
        md5(string_agg(
            versions.scheme || ' ' || versions.segment_key || ' ' || versions.segment_name,
            ', ' order by versions.scheme, versions.segment_key
        )) as fit_fingerprint
    from {{ ref('seg__segment_versions') }} as versions
    inner join (
        select max(fitted.as_of_date) as as_of_date
        from {{ ref('seg__segment_versions') }} as fitted
        inner join {{ ref('int_seg__as_of_dates') }} as run
            on
                run.split = 'scoring'
                and fitted.as_of_date <= run.as_of_date
    ) as last_fit
        on versions.as_of_date = last_fit.as_of_date
    where versions.cluster_number is not null
{% endmacro %}
