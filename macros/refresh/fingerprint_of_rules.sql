{# A select of one number that changes when a row of rules does, a seed of the package or a relation of the shop. #}
{% macro fingerprint_of_rules(name, columns) %}
    select cast(sum({{ row_fingerprint(columns) }}) as decimal(38, 0)) as fingerprint
    from ({{ reference_rows(name, columns[0], columns) }}) as {{ name }}
{% endmacro %}

{# Whether a realtime run finds these rules as the last run found them. #}
{% macro is_rule_seen(name, fingerprint) %}
    {% if not is_realtime_run() or not is_any_seen() %}
        {{ return(false) }}
    {% endif %}
    {% set same = run_query(
        "select count(*) as same_count from " ~ refreshed_fingerprints() ~ " as refreshed inner join (" ~ fingerprint ~ ") as found"
        ~ " on refreshed.part = 'rules' and refreshed.part_key = '" ~ name ~ "' and refreshed.fingerprint = found.fingerprint"
    ) %}
    {{ return(same.rows[0][0] > 0) }}
{% endmacro %}
