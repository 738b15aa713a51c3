{#
    One row per target, model, fit and band of predictions: how wide the 80 % intervals are, by split-conformal prediction
    (Lei et al. 2018) apart for small and large predictions (Mondrian: Vovk et al. 2005). Bands hold the lower half of the
    predictions, half of what lies above, and so on, while the last one has `least_rows`; one that equal predictions leave with
    fewer joins the one below. The score of a row is its error as a share of its prediction (`interval_score`); the width is the
    score that 80 % of the band's rows stay below: rank (n + 1) * 0.8, rounded up. Validation rows make the intervals that are
    judged on test (`report`); test rows those that are served (`serve`).
#}
{% set least_rows = 50 %}
{# A logarithm of base 2 may end a digit below a whole number. #}
{% set halvings = 'cast(floor(-ln({}) / ln(2) + 0.000000001) as int)' %}

with

errors as (

    select
        target_name,
        model_name,
        case split when 'validation' then 'report' else 'serve' end as fit_name,
        actual,
        prediction,
        round(prediction, 9) as rounded
    from {{ ref('int_seg__predictions_evaluated') }}
    where split in ('validation', 'test')

),

means as (

    select
        target_name,
        model_name,
        fit_name,
        {{ exact_sum('actual') }} / count(*) as mean_actual,
        count(*) as row_count,
        greatest(0, {{ halvings.format(least_rows ~ '.0 / count(*)') }}) as last_band
    from errors
    group by target_name, model_name, fit_name

),

{# Equal predictions share their rank, and so their band. #}
ranked_by_size as (

    select
        *,
        rank() over (partition by target_name, model_name, fit_name order by rounded) - 1 as smaller_count
    from errors

),

scored as (

    select
        ranked_by_size.target_name,
        ranked_by_size.model_name,
        ranked_by_size.fit_name,
        ranked_by_size.rounded,
        means.mean_actual,
        least(
            means.last_band,
            {{ halvings.format('1 - 1.0 * ranked_by_size.smaller_count / means.row_count') }}
        ) as band,
        {{ interval_score(
            'ranked_by_size.actual', 'ranked_by_size.prediction', 'means.mean_actual',
            is_probability_target('ranked_by_size.target_name')
        ) }} as score
    from ranked_by_size
    inner join means
        on
            ranked_by_size.target_name = means.target_name
            and ranked_by_size.model_name = means.model_name
            and ranked_by_size.fit_name = means.fit_name

),

band_sizes as (

    select
        target_name,
        model_name,
        fit_name,
        band,
        case when count(*) >= {{ least_rows }} then band end as large_band
    from scored
    group by target_name, model_name, fit_name, band

),

{# The large enough band at or below; below the first of them, that one; where none is, one band for all. #}
joined_bands as (

    select
        target_name,
        model_name,
        fit_name,
        band,
        coalesce(
            max(large_band) over (
                partition by target_name, model_name, fit_name
                order by band
                rows between unbounded preceding and current row
            ),
            min(large_band) over (partition by target_name, model_name, fit_name),
            0
        ) as joined_band
    from band_sizes

),

banded as (

    select
        scored.target_name,
        scored.model_name,
        scored.fit_name,
        scored.rounded,
        scored.mean_actual,
        scored.score,
        joined_bands.joined_band as band
    from scored
    inner join joined_bands
        on
            scored.target_name = joined_bands.target_name
            and scored.model_name = joined_bands.model_name
            and scored.fit_name = joined_bands.fit_name
            and scored.band = joined_bands.band

),

{# Which of equal scores comes first makes no difference. #}
ranked as (

    select
        *,
        row_number() over (
            partition by target_name, model_name, fit_name, band
            order by score
        ) as score_rank,
        count(*) over (partition by target_name, model_name, fit_name, band) as row_count
    from banded

),

bands as (

    select
        target_name,
        model_name,
        fit_name,
        band,
        min(rounded) as smallest_prediction,
        max(mean_actual) as mean_actual,
        max(case when score_rank = least(row_count, cast(ceil((row_count + 1) * 0.8) as bigint)) then score end) as width,
        max(row_count) as row_count
    from ranked
    group by target_name, model_name, fit_name, band

)

{# The first band begins with the smallest prediction there can be, the last has no end: predictions may pass what was seen. #}
select
    target_name,
    model_name,
    fit_name,
    band,
    case when lag(band) over bands_by_size is null then -1.0 else smallest_prediction end as from_prediction,
    coalesce(lead(smallest_prediction) over bands_by_size, 1e300) as until_prediction,
    mean_actual,
    width,
    row_count
from bands
window bands_by_size as (partition by target_name, model_name, fit_name order by band)
