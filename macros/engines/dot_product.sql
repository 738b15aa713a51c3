{#
    The scalar product of two vectors, arrays of numbers as `vector_of` makes them; of vectors of unequal length that of the
    part that both have. Terms are added up in their order, so that the result is the same on any number of threads.
#}
{% macro dot_product(vector, other_vector) -%}
    {{ return(adapter.dispatch('dot_product', 'ecommerce_segmentation')(vector, other_vector)) }}
{%- endmacro %}

{% macro default__dot_product(vector, other_vector) -%}
    case
        when len({{ vector }}) = len({{ other_vector }}) then list_dot_product({{ vector }}, {{ other_vector }})
        else list_dot_product(
            list_slice({{ vector }}, 1, len({{ other_vector }})),
            list_slice({{ other_vector }}, 1, len({{ vector }}))
        )
    end
{%- endmacro %}

{# An aggregate: the values of a group as an array, by dimension. #}
{% macro vector_of(value, dimension) -%}
    {{ return(adapter.dispatch('vector_of', 'ecommerce_segmentation')(value, dimension)) }}
{%- endmacro %}

{% macro default__vector_of(value, dimension) -%}
    list({{ value }} order by {{ dimension }})
{%- endmacro %}
