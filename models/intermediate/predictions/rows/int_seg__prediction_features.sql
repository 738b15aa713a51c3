{#
    One row per horizon, user and as-of date: the standardized features, and their projections on the components of
    `int_seg__component_fits`: 0 where there is no fit.
#}
{{ config(materialized='kept_in_realtime') }}

with

loadings as (

    select
        {% for component in prediction_components() %}
        {% set is_component = "method = '" ~ component.method ~ "' and component_number = " ~ component.number %}
        max(case when {{ is_component }} and feature_name = 'intercept' then loading end)
            as {{ component.name }}_intercept,
        {% for feature in prediction_features() %}
        max(case when {{ is_component }} and feature_name = '{{ feature.name }}' then loading end)
            as {{ component.name }}_{{ feature.name }},
        {% endfor %}
        {% endfor %}
        count(*) as loading_count
    from {{ ref('int_seg__component_fits') }}

)

select
    scaled.*,
    {% for component in prediction_components() %}
    coalesce(
        loadings.{{ component.name }}_intercept
        {%- for feature in prediction_features() %}
        + loadings.{{ component.name }}_{{ feature.name }} * scaled.{{ feature.name }}
        {%- endfor %},
        0
    ) as {{ component.name }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ of_run('int_seg__prediction_features_scaled') }} as scaled
cross join loadings
