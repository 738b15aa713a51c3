select
    predictions.target_name,
    predictions.model_name
from {{ ref('seg__user_predictions') }} as predictions
inner join {{ upstream('seg__model_choices') }} as choices
    on predictions.target_name = choices.target_name
where predictions.model_name <> choices.model_name
