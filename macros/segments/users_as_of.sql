{#
    A select of the users of `seg__user_features` as of the scoring date, or as of the earlier date whose outcomes are
    known (`outcomes`): what groups users now groups them then, from what was known then. A test may come without its parents.
#}
{% macro users_as_of(moment) %}
    {%- set parent = upstream if model.resource_type == 'test' else ref %}
    select user_features.*
    from {{ parent('seg__user_features') }} as user_features
    {% if moment == 'scoring' %}
    inner join {{ parent('int_seg__as_of_dates') }} as as_of_dates
        on
            user_features.as_of_date = as_of_dates.as_of_date
            and as_of_dates.split = 'scoring'
    {% else %}
    inner join {{ parent('int_seg__segment_outcome_dates') }} as outcome_dates
        on user_features.as_of_date = outcome_dates.as_of_date
    {% endif %}
{% endmacro %}
