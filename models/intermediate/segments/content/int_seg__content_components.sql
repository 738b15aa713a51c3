{# One row per modality, component and item: the components that serve, the latest with today's settings. #}

select
    fits.modality,
    fits.component_number,
    fits.item_name,
    fits.loading,
    fits.item_weight,
    fits.component_share
from {{ ref('int_seg__content_component_fits') }} as fits
inner join (
    select
        learnt.modality,
        learnt.settings,
        max(learnt.as_of_date) as as_of_date
    from {{ ref('int_seg__content_component_fits') }} as learnt
    inner join {{ ref('int_seg__content_decisions') }} as decisions
        on
            learnt.modality = decisions.modality
            and learnt.settings = decisions.settings
            and learnt.as_of_date <= decisions.as_of_date
    group by learnt.modality, learnt.settings
) as serving
    on
        fits.modality = serving.modality
        and fits.settings = serving.settings
        and fits.as_of_date = serving.as_of_date
