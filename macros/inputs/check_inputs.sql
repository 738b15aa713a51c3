{#
    Looks at the columns of every given input and returns a list of
    [input_name, relation_name, column_name, accepted_types, found_type, is_required, is_given].
    Raises once with every problem of every input, each with its var, relation and column, and of the settings.
#}
{% macro check_inputs() %}
    {% set checked = [] %}
    {% set problems = setting_problems() %}

    {% if not var('seg__events', none) and not var('seg__order_lines', none)
        and input_relation('order_lines') is none %}
        {% do problems.append(
            'seg__events, seg__order_lines: neither is given; name at least one of them, '
            ~ 'for example seg__order_lines: "{{ ref(\'my_shop\', \'shop_order_lines\') }}"'
        ) %}
    {% endif %}

    {% for input_name, columns in input_contract(none).items() %}
        {# Asked for while parsing too: that is how dbt learns what this model depends on. #}
        {% set relation = input_relation(input_name) %}
        {% set relation_name = (relation | string).replace('"', '') if relation is not none %}
        {% set found = relation_column_types(relation) if execute and relation is not none else {} %}
        {% if execute and relation is not none %}
            {% do problems.extend(relation_problems('seg__' ~ input_name, relation, columns, found)) %}
        {% endif %}
        {% set found = found or {} %}
        {% for name, kind, is_required in columns %}
            {% do checked.append([
                input_name, relation_name, name, accepted_types(kind), found.get(name), is_required, name in found
            ]) %}
        {% endfor %}
    {% endfor %}

    {% do raise_problems(problems) %}
    {{ return(checked) }}
{% endmacro %}

{# What is wrong with the relation that a var names, in words; `found` are its columns, none where it does not exist. #}
{% macro relation_problems(var_name, relation, columns, found) %}
    {% set problems = [] %}
    {% set where = var_name ~ ' (' ~ (relation | string).replace('"', '') ~ '): ' %}
    {% if found is none %}
        {% do problems.append(where ~ 'the relation does not exist') %}
    {% else %}
        {% for name, kind, is_required in columns %}
            {% if name not in found and is_required %}
                {% do problems.append(
                    where ~ 'column ' ~ name ~ ' is missing (required, ' ~ accepted_types(kind) ~ ')'
                ) %}
            {% elif name in found and not is_usable_type(kind, found[name])
                and (is_required or has_values(relation, name)) %}
                {% do problems.append(
                    where ~ 'column ' ~ name ~ ' has type ' ~ found[name]
                    ~ ', needed: ' ~ accepted_types(kind)
                ) %}
            {% endif %}
        {% endfor %}
    {% endif %}
    {{ return(problems) }}
{% endmacro %}

{# Stops the build with all problems at once, if there are any. #}
{% macro raise_problems(problems) %}
    {% if execute and problems and flags.WHICH in ['build', 'run'] %}
        {% do exceptions.raise_compiler_error(
            'ecommerce_segmentation: ' ~ problems | length ~ ' problem(s) with the inputs and vars\n  - '
            ~ problems | join('\n  - ')
        ) %}
    {% endif %}
{% endmacro %}

{# What a column of this kind may be, in words. #}
{% macro accepted_types(kind) %}
    {{ return({
        'id': 'text, a whole number or a uuid',
        'text': 'text or anything that can be written as text',
        'time': 'timestamp or date, with or without a zone',
        'number': 'a number',
        'whole': 'a whole number',
        'flag': 'boolean or 0/1',
        'vector': 'an array of numbers',
    }[kind]) }}
{% endmacro %}

{# Whether a column of the found type can be read as this kind. A type without a name of its own is all null. #}
{% macro is_usable_type(kind, found_type) %}
    {% set base = found_type.lower().split('(')[0] | trim %}
    {% set whole = ['tinyint', 'smallint', 'integer', 'int', 'bigint', 'hugeint',
        'utinyint', 'usmallint', 'uinteger', 'ubigint', 'uhugeint'] %}
    {% set number = whole + ['decimal', 'numeric', 'float', 'real', 'double'] %}
    {% if base in ['"null"', 'null', 'void'] %}
        {{ return(true) }}
    {% elif kind == 'vector' %}
        {{ return(
            ('[' in found_type and found_type.lower().split('[')[0].split('(')[0] in number)
            or base.startswith('array<')
        ) }}
    {% elif kind == 'text' %}
        {{ return(base not in ['blob', 'binary']) }}
    {% elif kind == 'id' %}
        {# A number with decimals would be '7.0' in one relation and '7' in the other. #}
        {{ return(
            base in whole + ['varchar', 'text', 'string', 'char', 'bpchar', 'json', 'uuid', 'enum']
            or (base in ['decimal', 'numeric'] and found_type.replace(' ', '').endswith(',0)'))
        ) }}
    {% elif kind == 'time' %}
        {{ return('[' not in found_type and (base.startswith('timestamp') or base in ['date', 'datetime'])) }}
    {% elif kind == 'flag' %}
        {{ return('[' not in found_type and base in ['boolean', 'bool'] + whole) }}
    {% endif %}
    {{ return('[' not in found_type and base in number) }}
{% endmacro %}

{# An optional column without any value may have any type: `select null as brand` is an integer. #}
{% macro has_values(relation, column_name) %}
    {% set counted = run_query(
        'select count(' ~ column_name ~ ') as value_count from (select * from ' ~ relation ~ ') as source_rows'
    ) %}
    {{ return(counted.rows[0][0] > 0) }}
{% endmacro %}

{# Column name (lower case) -> type of what the text names; none when there is no such relation. #}
{% macro relation_column_types(relation) %}
    {{ return(adapter.dispatch('relation_column_types', 'ecommerce_segmentation')(relation)) }}
{% endmacro %}

{% macro default__relation_column_types(relation) %}
    {% set text = relation | string | trim %}
    {# Only a plain, possibly quoted name can be looked up; a subquery or a table function is described as it is. #}
    {% if modules.re.fullmatch('("[^"]+"|\\w+)(\\.("[^"]+"|\\w+))*', text) %}
        {% set parts = [] %}
        {% for part in modules.re.findall('"[^"]+"|\\w+', text) %}
            {% do parts.append(part.strip('"').replace("'", "''").lower()) %}
        {% endfor %}
        {% set known = run_query(
            "select count(*) from information_schema.tables where lower(table_name) = '" ~ parts[-1] ~ "'"
            ~ (" and '" ~ parts[-2] ~ "' in (lower(table_schema), lower(table_catalog))" if parts | length > 1)
            ~ (" and lower(table_catalog) = '" ~ parts[-3] ~ "'" if parts | length > 2)
        ) %}
        {% if known.rows[0][0] == 0 %}
            {{ return(none) }}
        {% endif %}
    {% endif %}
    {% set types = {} %}
    {% for row in run_query('describe select * from ' ~ text).rows %}
        {% do types.update({row[0].lower(): row[1]}) %}
    {% endfor %}
    {{ return(types) }}
{% endmacro %}
