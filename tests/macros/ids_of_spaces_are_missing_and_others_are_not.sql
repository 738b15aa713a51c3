{# Null, nothing, a space, a no-break space and an ideographic one; a letter, an accented one, an emoji and a tilde. #}
with

texts as (

    {% for text, is_missing in [
        ('null', true), ("''", true), ("' '", true), ("'\u00a0'", true), ("'\u3000 '", true),
        ("'a'", false), ("' a'", false), ("'é'", false), ("'🙂'", false), ("'~'", false),
    ] %}
    select
        cast({{ text }} as string) as text_id,
        {{ is_missing }} as is_missing
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from texts
where {{ missing_text('text_id') }} is distinct from is_missing
