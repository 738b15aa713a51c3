{#
    One row per amount target, model, calibration split and bucket: between which errors (actual - prediction) the
    middle 80 % of users lay, for predictions of a similar size (bucket 0-4; -1 = all sizes together).
    Ranks are those of split-conformal prediction: (n + 1) * 10 % from either end, rounded outwards.
    Validation rows calibrate the intervals whose coverage is measured on test; test rows those that are served.
#}
with

errors as (

    select
        user_id,
        as_of_date,
        target_name,
        model_name,
        split,
        prediction,
        round(actual - prediction, 8) as error
    from {{ ref('int_seg__predictions_scored') }}
    where
        split in ('validation', 'test')
        and target_name in (
            {%- for target in prediction_targets() if not target.is_probability -%}
            '{{ target.name }}'{{ ', ' if not loop.last }}
            {%- endfor -%}
        )

),

{# Under 250 rows a fifth would be too few to tell a 10 % tail. #}
thresholds as (

    select
        target_name,
        model_name,
        split,
        {% for fifth in range(1, 5) %}
        case when count(*) >= 250 then percentile_disc(0.{{ fifth * 2 }}) within group (order by prediction) end
            as threshold_{{ fifth }}{{ ',' if not loop.last }}
        {% endfor %}
    from errors
    group by target_name, model_name, split

),

bucketed as (

    select
        errors.*,
        {{ prediction_bucket('errors.prediction', 'thresholds') }} as bucket
    from errors
    inner join thresholds
        on
            errors.target_name = thresholds.target_name
            and errors.model_name = thresholds.model_name
            and errors.split = thresholds.split

    union all

    select
        errors.*,
        -1 as bucket
    from errors

),

ranked as (

    select
        *,
        row_number() over (
            partition by target_name, model_name, split, bucket
            order by error, user_id, as_of_date
        ) as error_rank,
        count(*) over (partition by target_name, model_name, split, bucket) as row_count
    from bucketed

),

quantiles as (

    select
        target_name,
        model_name,
        split,
        bucket,
        count(*) as row_count,
        max(case when error_rank = greatest(1, cast(floor((row_count + 1) * 0.1) as bigint)) then error end)
            as low_error,
        max(case when error_rank = least(row_count, cast(ceil((row_count + 1) * 0.9) as bigint)) then error end)
            as high_error
    from ranked
    group by target_name, model_name, split, bucket

)

select
    quantiles.target_name,
    quantiles.model_name,
    quantiles.split as calibration_split,
    cast(quantiles.bucket as int) as bucket,
    quantiles.row_count,
    quantiles.low_error,
    quantiles.high_error,
    thresholds.threshold_1,
    thresholds.threshold_2,
    thresholds.threshold_3,
    thresholds.threshold_4
from quantiles
inner join thresholds
    on
        quantiles.target_name = thresholds.target_name
        and quantiles.model_name = thresholds.model_name
        and quantiles.split = thresholds.split
{# Buckets made small by equal predictions fall back on all sizes together. #}
where
    quantiles.bucket = -1
    or quantiles.row_count >= 30
