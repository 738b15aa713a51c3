{#
    One row per modality: whether its components are learnt on this as-of date. They are learnt once and kept, so that
    clusters of one fit and the next are measured on the same axes; learnt anew where the settings or the embedding
    have changed.
#}

with

run as (

    select as_of_date
    from {{ ref('int_seg__as_of_dates') }}
    where split = 'scoring' and as_of_date is not null

),

wanted as (

    select
        'embedding' as modality,
        '{{ content_component_count("embedding") }} components of '
        || cast(coalesce(max(dimension), 0) as string) || ' dimensions' as settings
    from {{ ref('int_seg__product_embeddings') }}
    having {{ 'true' if 'embedding' in var('seg__cluster_modalities') else 'false' }}

    union all

    select
        'text' as modality,
        '{{ content_component_count("text") }} topics' as settings
    from run
    where {{ 'true' if 'text' in var('seg__cluster_modalities') else 'false' }}

),

learnt as (

    select
        earlier.modality,
        earlier.settings,
        max(earlier.as_of_date) as as_of_date
    from ({{ earlier_rows(
        {'as_of_date': 'date', 'modality': 'string', 'settings': 'string'}, model='int_seg__content_component_fits'
    ) }}) as earlier
    inner join run
        on earlier.as_of_date < run.as_of_date
    group by earlier.modality, earlier.settings

)

select
    run.as_of_date,
    cast(wanted.modality as string) as modality,
    cast(wanted.settings as string) as settings,
    learnt.as_of_date is null as is_due
from run
cross join wanted
left join learnt
    on
        wanted.modality = learnt.modality
        and wanted.settings = learnt.settings
