{#
    P(Z > |z|) of a standard normal Z, 0-0.5, with a relative error below 1e-13 for |z| up to 3 and 1e-8 up to 37; 0 beyond.
    Source: West 2005, Better approximations to cumulative normal functions, after Hart 1968.
#}
{% macro normal_tail(z) -%}
    {%- set x = 'abs(' ~ z ~ ')' -%}
    (case
        when {{ x }} > 37 then 0.0
        when {{ x }} < 7.07106781186547 then
            exp(-0.5 * {{ x }} * {{ x }})
            * {{ polynomial(x, [
                '0.0352624965998911', '0.700383064443688', '6.37396220353165', '33.912866078383', '112.079291497871',
                '221.213596169931', '220.206867912376',
            ]) }}
            / {{ polynomial(x, [
                '0.0883883476483184', '1.75566716318264', '16.064177579207', '86.7807322029461', '296.564248779674',
                '637.333633378831', '793.826512519948', '440.413735824752',
            ]) }}
        else
            exp(-0.5 * {{ x }} * {{ x }})
            / ({{ x }} + 1.0 / ({{ x }} + 2.0 / ({{ x }} + 3.0 / ({{ x }} + 4.0 / ({{ x }} + 0.65)))))
            / 2.506628274631
    end)
{%- endmacro %}
