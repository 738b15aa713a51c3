{#
    A select of one row per user who was published by the last run up to this date: of every scheme the segment the user
    was published in then (last), and the one of the last date before this (from). The two differ where this date was run
    already: what it told then is told. What was published of smaller groups than now are allowed is as if it never was,
    and so are segments of a fit that another of its date has replaced: their keys mean other users now.
#}
{% macro published_before() %}
    {%- set earlier -%}
    (
        select
            earlier_rows.user_id,
            earlier_rows.as_of_date,
            {% for scheme in segment_schemes() %}
            {% if scheme in fitted_schemes() %}
            {# Null was published before fits were told apart. #}
            case
                when earlier_rows.{{ scheme }}_fit is null or {{ scheme }}_fits.fit_fingerprint is not null
                    then earlier_rows.{{ scheme }}_key
            end as {{ scheme }}_key,
            {% else %}
            earlier_rows.{{ scheme }}_key,
            {% endif %}
            {% endfor %}
            run.as_of_date as run_date
        from ({{ earlier_rows(publication_columns(), model='int_seg__publications') }}) as earlier_rows
        inner join {{ ref('int_seg__as_of_dates') }} as run
            on
                run.split = 'scoring'
                and earlier_rows.as_of_date <= run.as_of_date
                and earlier_rows.minimum_group_size >= {{ var('seg__minimum_group_size') }}
        {% for scheme in fitted_schemes() %}
        left join (
            select distinct fits.fit_fingerprint
            from ({{ fit_fingerprints() }}) as fits
            where fits.scheme = '{{ scheme }}'
        ) as {{ scheme }}_fits
            on earlier_rows.{{ scheme }}_fit = {{ scheme }}_fits.fit_fingerprint
        {% endfor %}
    )
    {%- endset -%}
    select
        last_published.user_id,
        {% for scheme in segment_schemes() %}
        last_published.{{ scheme }}_key as {{ scheme }}_last,
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
    {% set columns = {'user_id': 'string', 'as_of_date': 'date', 'minimum_group_size': 'int'} %}
    {% for scheme in segment_schemes() %}
        {% do columns.update({scheme ~ '_key': 'string'}) %}
    {% endfor %}
    {% for scheme in fitted_schemes() %}
        {% do columns.update({scheme ~ '_fit': 'string'}) %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}

{#
    A select of one row per fitted scheme and date of a fit: its keys and names, which tell it from another fit of that
    date. Fits that agree in both group nearly the same users.
#}
{% macro fit_fingerprints() %}
    select
        scheme,
        as_of_date,
        md5(string_agg(segment_key || ' ' || segment_name, ', ' order by segment_key)) as fit_fingerprint
    from {{ ref('seg__segment_versions') }}
    where cluster_number is not null
    group by scheme, as_of_date
{% endmacro %}

{# A select of one row: of each fitted scheme the fingerprint of the last fit up to the date of the run, as <scheme>_fit. #}
{% macro last_fit_fingerprints() %}
    select
        {% for scheme in fitted_schemes() %}
        max(case when fits.scheme = '{{ scheme }}' then fits.fit_fingerprint end) as {{ scheme }}_fit{{ ',' if not loop.last }}
        {% endfor %}
    from ({{ fit_fingerprints() }}) as fits
    inner join (
        select
            versions.scheme,
            max(versions.as_of_date) as as_of_date
        from {{ ref('seg__segment_versions') }} as versions
        inner join {{ ref('int_seg__as_of_dates') }} as run
            on
                run.split = 'scoring'
                and versions.as_of_date <= run.as_of_date
        where versions.cluster_number is not null
        group by versions.scheme
    ) as last_fits
        on
            fits.scheme = last_fits.scheme
            and fits.as_of_date = last_fits.as_of_date
{% endmacro %}
