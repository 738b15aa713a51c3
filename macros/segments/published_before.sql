{#
    A select of one row per user who was published by the last run up to this date: of every scheme the segment the user
    was published in then (last), and the one of the last date before this (from). The two differ where this date was run
    already: what it told then is told. What was published of smaller groups than now are allowed is as if it never was.
#}
{% macro published_before() %}
    {%- set earlier -%}
    (
        select
            earlier_rows.*,
            run.as_of_date as run_date
        from ({{ earlier_rows(publication_columns(), model='int_seg__publications') }}) as earlier_rows
        inner join {{ ref('int_seg__as_of_dates') }} as run
            on
                run.split = 'scoring'
                and earlier_rows.as_of_date <= run.as_of_date
                and earlier_rows.minimum_group_size >= {{ var('seg__minimum_group_size') }}
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
    {{ return(columns) }}
{% endmacro %}
