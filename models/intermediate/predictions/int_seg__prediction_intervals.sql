{#
    One row per target, model and fit: how wide the 80 % intervals are, by split-conformal prediction (Lei et al. 2018).
    The score of a row is its absolute error over the spread expected of a prediction of that size; the width is the
    score that 80 % of the rows stay below: rank (n + 1) * 0.8, rounded up. Validation rows make the intervals that
    are judged on test (`report`); validation and test rows those that are served (`serve`).
#}
with

errors as (

    select
        target_name,
        model_name,
        split,
        user_id,
        as_of_date,
        actual,
        prediction
    from {{ ref('int_seg__predictions_evaluated') }}
    where split in ('validation', 'test')

),

fits as (

    select
        errors.target_name,
        errors.model_name,
        fit_splits.fit_name,
        {{ exact_sum('errors.actual') }} / count(*) as mean_actual
    from errors
    inner join {{ fit_splits() }} as fit_splits
        on errors.split = fit_splits.split
    where fit_splits.fit_name <> 'choose'
    group by errors.target_name, errors.model_name, fit_splits.fit_name

),

ranked as (

    select
        fits.target_name,
        fits.model_name,
        fits.fit_name,
        fits.mean_actual,
        round(
            abs(errors.actual - errors.prediction)
            / {{ interval_half_width('errors.prediction', 'fits.mean_actual', '1.0') }},
            9
        ) as score,
        row_number() over (
            partition by fits.target_name, fits.model_name, fits.fit_name
            order by round(
                abs(errors.actual - errors.prediction)
                / {{ interval_half_width('errors.prediction', 'fits.mean_actual', '1.0') }},
                9
            ), errors.user_id, errors.as_of_date
        ) as score_rank,
        count(*) over (partition by fits.target_name, fits.model_name, fits.fit_name) as row_count
    from errors
    inner join {{ fit_splits() }} as fit_splits
        on errors.split = fit_splits.split
    inner join fits
        on
            errors.target_name = fits.target_name
            and errors.model_name = fits.model_name
            and fit_splits.fit_name = fits.fit_name

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
