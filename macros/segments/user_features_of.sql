{# The rows of `seg__user_features` of the as-of date of that split, as a subquery. #}
{% macro user_features_of(split) -%}
    (
        select user_features.*
        from {{ ref('seg__user_features') }} as user_features
        inner join {{ ref('int_seg__as_of_dates') }} as as_of_dates
            on
                user_features.as_of_date = as_of_dates.as_of_date
                and as_of_dates.split = '{{ split }}'
    )
{%- endmacro %}
