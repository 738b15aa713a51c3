{#
    The daily rate of the last 30 days against that of the 60 days before them: (r30 - r60) / (r30 + r60), from -1
    (stopped) over 0 (steady) to 1 (began); null without either. Negative sums (returns) count as none.
#}
{% macro trend(measure) -%}
    {%- set recent -%} (greatest({{ measure }}_30d, 0) / 30.0) {%- endset -%}
    {%- set earlier -%} (greatest({{ measure }}_90d - {{ measure }}_30d, 0) / 60.0) {%- endset -%}
    {{ ratio('(' ~ recent ~ ' - ' ~ earlier ~ ')', '(' ~ recent ~ ' + ' ~ earlier ~ ')') }}
{%- endmacro %}
