{# A select of one row per as-of date, in the columns of `int_seg__input_fingerprints`. #}
{% macro fingerprints_of_dates() %}
    select
        'other dates' as part,
        split || ' ' || cast(as_of_date as string) as part_key,
        {{ row_fingerprint(['label_until_date', 'one_in']) }} as fingerprint
    from {{ ref('int_seg__feature_dates') }}
{% endmacro %}

{#
    A select of one row per mean price and fit that features and scores rest on, in the columns of
    `int_seg__input_fingerprints`. The fits are no parents: in a realtime run they are what the last whole build left.
#}
{% macro fingerprints_of_scoring() %}
    select
        'other prices' as part,
        category || ' ' || cast(as_of_date as string) as part_key,
        {{ row_fingerprint(['mean_unit_price']) }} as fingerprint
    from {{ ref('int_seg__category_prices') }}
    union all
    {{ fingerprints_of_fits('other fits', [
        'int_seg__content_components', 'int_seg__cluster_scaling', 'int_seg__cluster_centroids', 'int_seg__hierarchy_nodes',
    ]) }}
{% endmacro %}

{# The same of what predictions rest on: what is served, and from which parameters. #}
{% macro fingerprints_of_models() %}
    {{ fingerprints_of_fits('other models', [
        'seg__model_choices', 'int_seg__lifetime_fits', 'int_seg__prediction_scaling', 'int_seg__component_fits',
        'int_seg__prediction_baselines', 'int_seg__horizon_growth', 'int_seg__linear_fits', 'int_seg__tree_fits',
        'int_seg__network_fits', 'int_seg__stack_fits',
    ]) }}
{% endmacro %}

{# A select of one row per table of parameters. #}
{% macro fingerprints_of_fits(part, tables) %}
    {% for table in tables %}
    select
        '{{ part }}' as part,
        '{{ table }}' as part_key,
        sum({{ row_fingerprint(['fit']) }}) as fingerprint
    from {{ upstream(table) }} as fit
    {{ 'union all' if not loop.last }}
    {% endfor %}
{% endmacro %}
