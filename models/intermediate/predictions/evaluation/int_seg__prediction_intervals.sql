{#
    One row per target, model and fit: how wide the 80 % intervals are, by split-conformal prediction (Lei et al. 2018).
    The score of a row is its absolute error over the spread expected of a prediction of that size; the width is the
    score that 80 % of the rows stay below: rank (n + 1) * 0.8, rounded up. Validation rows make the intervals that
    are judged on test (`report`); test rows those that are served (`serve`).
#}
with

errors as (

    select
        target_name,
        model_name,
        case split when 'validation' then 'report' else 'serve' end as fit_name,
        user_id,
        as_of_date,
        actual,
        prediction
    from {{ ref('int_seg__predictions_evaluated') }}
    where split in ('validation', 'test')

),

means as (

    select
        target_name,
        model_name,
        fit_name,
        {{ exact_sum('actual') }} / count(*) as mean_actual
    from errors
    group by target_name, model_name, fit_name

),

scored as (

    select
        errors.target_name,
        errors.model_name,
        errors.fit_name,
        errors.user_id,
        errors.as_of_date,
        means.mean_actual,
        round(
            abs(errors.actual - errors.prediction)
            / {{ interval_half_width('errors.prediction', 'means.mean_actual', '1.0') }},
            9
        ) as score
    from errors
    inner join means
        on
            errors.target_name = means.target_name
            and errors.model_name = means.model_name
            and errors.fit_name = means.fit_name

),

ranked as (

    select
        *,
        row_number() over (
            partition by target_name, model_name, fit_name
            order by score, user_id, as_of_date
        ) as score_rank,
        count(*) over (partition by target_name, model_name, fit_name) as row_count
    from scored

)

select
    target_name,
    model_name,
    fit_name,
    max(mean_actual) as mean_actual,
    max(case when score_rank = least(row_count, cast(ceil((row_count + 1) * 0.8) as bigint)) then score end) as width,
    max(row_count) as row_count
from ranked
group by target_name, model_name, fit_name
