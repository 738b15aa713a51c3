{# One row per row of the input `identities`: contracted names and types, nothing else. #}
-- depends_on: {{ ref('stg_seg__input_columns') }}
{{ input_rows('identities') }}
