{# Number strictly between 0 and 1 that depends only on the key, in steps of a millionth: equal on every engine. #}
{% macro unit_number(key) -%}
    ((cast({{ md5_bucket(key, 1000000) }} as double) + 0.5) / 1000000)
{%- endmacro %}
