select
    labels.user_id,
    labels.as_of_date,
    labels.label_until_date
from {{ ref('int_seg__prediction_labels') }} as labels
cross join (
    select max(as_of_date) as scoring_date
    from {{ upstream('int_seg__as_of_dates') }}
    where split = 'scoring'
) as scoring
where
    labels.label_until_date is null
    or scoring.scoring_date is null
    or labels.label_until_date > scoring.scoring_date
    or labels.as_of_date >= labels.label_until_date
