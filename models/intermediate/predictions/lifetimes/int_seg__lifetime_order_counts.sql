{#
    One row per horizon, as-of date, number of repeats, age and span: the order days that BG/NBD expects of a buyer who
    is still alive, in `span_days` from the date. The closed form (Fader, Hardie & Lee 2005, equation 10):

        (a + b + x - 1) / (a - 1) * (1 - (1 - z)^(r + x) * F(r + x, b + x; a + b + x - 1; z)),
        z = span / (alpha + T + span)

    By Euler's transformation (1 - z)^(a - 1) * F(a + b - 1 - r, a - 1; a + b + x - 1; z) is the same; the one whose
    series starts smaller is summed. It depends on the repeats x and the age T alone, so it is worked out once for all
    buyers who share them.
#}
{{ config(materialized='kept_in_realtime') }}

{% set series = hypergeometric_series('first_argument', 'second_argument', 'third_argument', 'z', term_count=640) %}
{% set steps = lifetime_steps() %}

with

histories as (

    select distinct
        as_of_date,
        repeat_count,
        age_days
    from {{ of_run('int_seg__order_histories') }}

),

windows as (

    select * from {{ predicted_windows() }} as windows

),

spans as (

    {% for step in range(1, steps + 1) %}
    select
        horizon_days,
        as_of_date,
        fitted_as_of_date,
        'window' as span_name,
        {{ step }} as step_number,
        window_days * {{ step }} / {{ steps }}.0 as span_days
    from windows
    union all
    select
        horizon_days,
        as_of_date,
        fitted_as_of_date,
        'horizon' as span_name,
        {{ step }} as step_number,
        horizon_days * {{ step }} / {{ steps }}.0 as span_days
    from windows
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

{# The form divides by a - 1, which cancels in the limit. #}
fits as (

    select
        *,
        case when abs(a - 1) < 0.000001 then 1.000001 else a end as a_apart_from_1
    from {{ ref('int_seg__lifetime_fits') }}
    where r is not null

),

spanned as (

    select
        spans.horizon_days,
        histories.as_of_date,
        histories.repeat_count,
        histories.age_days,
        spans.span_name,
        spans.step_number,
        spans.span_days,
        fits.r + histories.repeat_count as first_argument,
        fits.b + histories.repeat_count as second_argument,
        fits.a_apart_from_1 + fits.b + histories.repeat_count - 1 as third_argument,
        fits.a_apart_from_1 - 1 as denominator,
        spans.span_days / (fits.alpha + histories.age_days + spans.span_days) as z
    from histories
    inner join spans
        on histories.as_of_date = spans.as_of_date
    inner join fits
        on spans.fitted_as_of_date = fits.as_of_date

),

arguments as (

    select
        *,
        abs((third_argument - first_argument) * (third_argument - second_argument))
        < first_argument * second_argument as is_transformed
    from spanned

),

chosen as (

    select
        horizon_days,
        as_of_date,
        repeat_count,
        age_days,
        span_name,
        step_number,
        span_days,
        denominator,
        case when is_transformed then third_argument - first_argument else first_argument end as first_argument,
        case when is_transformed then third_argument - second_argument else second_argument end as second_argument,
        third_argument,
        power(1 - z, case when is_transformed then denominator else first_argument end) as factor,
        z
    from arguments

)

select
    horizon_days,
    as_of_date,
    repeat_count,
    age_days,
    span_name,
    step_number,
    span_days,
    -- sqlfluff knows no lambda of two names.
    greatest(0.0, third_argument / denominator * (1 - factor * {{ series }})) as order_day_count_if_alive  -- noqa: PRS
from chosen
