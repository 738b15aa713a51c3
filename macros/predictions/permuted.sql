{#
    A select of rows of a table of features, once as they are and once per feature with that feature taken from another
    row: permuted_feature_name (`none` first), the key, and the features.
    relation: the table; passed_on: columns besides the features and the key that are kept as they are.
#}
{% macro permuted(relation, passed_on) %}
select
    permutations.permuted_feature_name,
    own.horizon_days,
    own.user_id,
    own.as_of_date,
    {% for column in passed_on %}
    own.{{ column }},
    {% endfor %}
    {% for feature in prediction_features() %}
    case when permutations.permuted_feature_name = '{{ feature.name }}' then others.{{ feature.name }} else own.{{ feature.name }} end
        as {{ feature.name }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('int_seg__permutation_rows') }} as permutation_rows
inner join {{ relation }} as own
    on
        permutation_rows.horizon_days = own.horizon_days
        and permutation_rows.user_id = own.user_id
        and permutation_rows.as_of_date = own.as_of_date
inner join {{ relation }} as others
    on
        permutation_rows.horizon_days = others.horizon_days
        and permutation_rows.other_user_id = others.user_id
        and permutation_rows.as_of_date = others.as_of_date
cross join (
    select 'none' as permuted_feature_name
    {% for feature in prediction_features() %}
    union all
    select '{{ feature.name }}' as permuted_feature_name
    {% endfor %}
) as permutations
{% endmacro %}
