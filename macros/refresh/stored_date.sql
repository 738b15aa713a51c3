{#
    The date of the neighbours, products and popularities that serve on an as-of date: the same or, in a realtime run, the
    scoring date of the last whole build, also where the run's own is later.
#}
{% macro stored_date(as_of_date) -%}
    {%- if not is_realtime_run() -%}
    {{ as_of_date }}
    {%- else -%}
    {%- if 'seg__stored_date' not in graph -%}
        {%- set stored = "select max(as_of_date) from " ~ upstream('int_seg__recommendable_products') ~ " where split = 'scoring'" -%}
        {%- do graph.update({'seg__stored_date': run_query(stored).rows[0][0]}) -%}
    {%- endif -%}
    {%- set found = graph['seg__stored_date'] -%}
    cast({{ "'" ~ found ~ "'" if found else 'null' }} as date)
    {%- endif -%}
{%- endmacro %}
