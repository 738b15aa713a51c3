{# Days that predictions look ahead, each once: the shop's own horizon first, then the year of the lifetime value. #}
{% macro prediction_horizons() %}
    {{ return([var('seg__horizon_days')] + ([365] if var('seg__horizon_days') != 365 else [])) }}
{% endmacro %}
