{# The strategies that the blend has to beat: what a shop has without it. The one that serves where they tie is first. #}
{% macro recommendation_baselines() %}
    {{ return(['own_favourites', 'popular']) }}
{% endmacro %}
