{#
    Which windows a fit learns from, as a relation (fit_name, split): `choose` is judged on validation, `report` on
    test, `serve` scores today's users.
#}
{% macro fit_splits() -%}
    (
        select
            'choose' as fit_name,
            'train' as split
        {%- for fit_name, split in [
            ('report', 'train'), ('report', 'validation'), ('serve', 'train'), ('serve', 'validation'), ('serve', 'test'),
        ] %}
        union all
        select
            '{{ fit_name }}' as fit_name,
            '{{ split }}' as split
        {%- endfor %}
    )
{%- endmacro %}
