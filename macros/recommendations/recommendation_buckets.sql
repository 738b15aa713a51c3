{#
    How many buckets of users are drawn again for the intervals of a metric: more make the width of an interval surer
    (to 1 / sqrt(2 x buckets)) and cost as much more.
#}
{% macro recommendation_buckets() %}
    {{ return(200) }}
{% endmacro %}
