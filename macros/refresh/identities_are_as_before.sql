{#
    Whether a realtime run finds the identity links that the last run found: what ids resolve to is then kept as it is.
    Asked before anything else is known of the inputs, by the models that all others wait for.
#}
{% macro identities_are_as_before() %}
    {% if not is_realtime_run() or has_broken_off() or not are_all_built([
        'model.ecommerce_segmentation.int_seg__identities_kept',
        'model.ecommerce_segmentation.int_seg__user_aliases',
        'model.ecommerce_segmentation.int_seg__refreshed_fingerprints',
    ]) %}
        {{ return(false) }}
    {% endif %}
    {% if 'seg__identities_are_as_before' not in graph %}
        {% set same %}
            select count(*) as same_count
            from ({{ fingerprint_of_identities() }}) as found
            inner join {{ upstream('int_seg__refreshed_fingerprints') }} as refreshed
                on
                    refreshed.part = 'identities'
                    and refreshed.part_key = '{{ refresh_settings() }}'
                    and refreshed.fingerprint is not distinct from found.fingerprint
        {% endset %}
        {% do graph.update({'seg__identities_are_as_before': run_query(same).rows[0][0] > 0}) %}
    {% endif %}
    {{ return(graph['seg__identities_are_as_before']) }}
{% endmacro %}

{# A select of one row: the accepted identity links in one number. #}
{% macro fingerprint_of_identities() %}
    select cast(sum({{ row_fingerprint(input_contract('identities') | map(attribute=0)) }}) as decimal(38, 0)) as fingerprint
    from {{ upstream('int_seg__identities_judged') }}
    where reject_reason is null
{% endmacro %}
