{#
    A select of one input's contracted columns under the contracted types; an input that is not given
    has no rows. A column that the relation lacks resolves to the null of the same name in `absent`,
    one scope further out, so nothing has to look at the relation's columns to compile.
#}
{% macro input_rows(input_name) %}
    {% set columns = input_contract(input_name) %}
    {% set relation = input_relation(input_name) %}
    select
        {% for name, kind, is_required in columns %}
        {{ typed_input_column(name, kind) }} as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    {% if relation is none %}
    from (
        select
            {% for name, kind, is_required in columns %}
            null as {{ name }}{{ ',' if not loop.last }}
            {% endfor %}
    ) as given
    where false
    {% else %}
    from (
        select kept.*
        from (
            select
                {% for name, kind, is_required in columns %}
                null as {{ name }}{{ ',' if not loop.last }}
                {% endfor %}
        ) as absent
        cross join lateral (
            select
                {% for name, kind, is_required in columns %}
                {{ name }}{{ ',' if not loop.last }}
                {% endfor %}
            from (select * from {{ relation }}) as source_rows
        ) as kept
    ) as given
    {% endif %}
{% endmacro %}

{# A column under its contracted type. Unusable types were reported by the check of all inputs. #}
{% macro typed_input_column(name, kind) %}
    {%- if name == 'loaded_at' -%}
        {# The engine skips files and row groups by a column as it is; by one with a zone it does not. #}
        {{ utc_timestamp(name, finite=false) }}
    {%- elif kind == 'time' -%}
        {{ utc_timestamp(name) }}
    {%- elif kind in ['number', 'whole'] -%}
        {{ safe_cast(name, 'double') }}
    {%- elif kind == 'flag' -%}
        {{ safe_cast(name, 'boolean') }}
    {%- elif kind == 'vector' -%}
        {{ safe_cast(name, array_of_double_type()) }}
    {%- else -%}
        cast({{ name }} as string)
    {%- endif -%}
{% endmacro %}
