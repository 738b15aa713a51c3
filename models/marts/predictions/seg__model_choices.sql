{#
    One row per target: which model serves, and why. The model with the best validation metric is the candidate; it
    serves unless a baseline beats it on the unseen test window. Where that cannot be judged a baseline serves.
#}
{% set minimum_buyers = var('seg__minimum_buyers') %}
{% set metric_format = 'decimal(28, 4)' %}

with

scoring_date as (

    select
        as_of_date,
        horizon_days
    from {{ ref('int_seg__as_of_dates') }}
    where split = 'scoring'

),

targets as (

    {% for target in prediction_targets() %}
    select
        '{{ target.name }}' as target_name,
        '{{ target.choice_metric }}' as choice_metric,
        {{ target.is_probability | lower }} as is_probability
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

{# One row, also without labels. "Training" is what the judged fit learns from. #}
windows as (

    select
        min(as_of_date) as first_training_date,
        max(label_until_date) as last_label_date,
        sum(case when split <> 'test' then 1 else 0 end) as training_row_count,
        sum(case when split <> 'test' then will_order else 0 end) as training_buyer_count,
        sum(case when split = 'validation' then 1 else 0 end) as validation_row_count,
        sum(case when split = 'test' then 1 else 0 end) as test_row_count,
        sum(case when split = 'test' then will_order else 0 end) as test_buyer_count
    from {{ ref('int_seg__prediction_labels') }}

),

models as (

    select
        metrics.target_name,
        metrics.model_name,
        metrics.is_baseline,
        max(case when metrics.split = 'validation' then round(metrics.metric_value, 9) end) as validation_value,
        max(case when metrics.split = 'test' then round(metrics.metric_value, 9) end) as test_value
    from {{ ref('int_seg__prediction_metrics') }} as metrics
    inner join targets
        on
            metrics.target_name = targets.target_name
            and metrics.metric_name = targets.choice_metric
    group by metrics.target_name, metrics.model_name, metrics.is_baseline

),

{# Equal metrics: the simpler model first. A model without a value comes last. #}
ranked as (

    select
        *,
        row_number() over (
            partition by target_name
            order by
                case when validation_value is null then 1 else 0 end,
                validation_value,
                case when is_baseline then 0 else 1 end,
                model_name
        ) as validation_rank,
        row_number() over (
            partition by target_name, is_baseline
            order by
                case when validation_value is null then 1 else 0 end,
                validation_value,
                case when test_value is null then 1 else 0 end,
                test_value,
                model_name
        ) as rank_of_kind,
        row_number() over (
            partition by target_name, is_baseline
            order by
                case when test_value is null then 1 else 0 end,
                test_value,
                model_name
        ) as test_rank_of_kind
    from models

),

contenders as (

    select
        targets.target_name,
        targets.choice_metric,
        targets.is_probability,
        max(case when ranked.validation_rank = 1 and ranked.validation_value is not null then ranked.model_name end)
            as best_on_validation,
        max(case when not ranked.is_baseline and ranked.rank_of_kind = 1 then ranked.model_name end)
            as fitted_name,
        max(case when not ranked.is_baseline and ranked.rank_of_kind = 1 then ranked.validation_value end)
            as fitted_validation_value,
        max(case when not ranked.is_baseline and ranked.rank_of_kind = 1 then ranked.test_value end)
            as fitted_test_value,
        max(case when ranked.is_baseline and ranked.rank_of_kind = 1 then ranked.model_name end)
            as fallback_name,
        max(case when ranked.is_baseline and ranked.rank_of_kind = 1 then ranked.validation_value end)
            as baseline_validation_value,
        max(case when ranked.is_baseline and ranked.test_rank_of_kind = 1 then ranked.model_name end)
            as baseline_on_test_name,
        max(case when ranked.is_baseline and ranked.test_rank_of_kind = 1 then ranked.test_value end)
            as baseline_test_value
    from targets
    left join ranked
        on targets.target_name = ranked.target_name
    group by targets.target_name, targets.choice_metric, targets.is_probability

),

judged as (

    select
        contenders.*,
        windows.first_training_date,
        windows.last_label_date,
        coalesce(windows.training_row_count, 0) as training_row_count,
        coalesce(windows.training_buyer_count, 0) as training_buyer_count,
        coalesce(windows.validation_row_count, 0) as validation_row_count,
        coalesce(windows.test_row_count, 0) as test_row_count,
        coalesce(windows.test_buyer_count, 0) as test_buyer_count,
        case
            when coalesce(windows.training_row_count, 0) + coalesce(windows.test_row_count, 0) = 0
                then 'no_window'
            when coalesce(windows.training_row_count, 0) = 0
                then 'no_training_window'
            when coalesce(windows.test_row_count, 0) = 0
                then 'no_test_window'
            when windows.training_buyer_count < {{ minimum_buyers }} or windows.test_buyer_count < {{ minimum_buyers }}
                then 'few_buyers'
            when contenders.fitted_test_value is null
                then 'no_fit'
            when contenders.fitted_validation_value is not null
                and contenders.best_on_validation <> contenders.fitted_name
                then 'baseline_on_validation'
            when contenders.fitted_test_value > contenders.baseline_test_value
                then 'baseline_on_test'
            when contenders.fitted_validation_value is null
                then 'fitted_without_validation'
            else 'fitted'
        end as verdict
    from contenders
    cross join windows

),

chosen as (

    select
        *,
        case
            when verdict in ('no_window', 'no_training_window') then 'constant'
            when verdict in ('no_test_window', 'few_buyers', 'no_fit') then coalesce(fallback_name, 'constant')
            when verdict = 'baseline_on_validation' then best_on_validation
            when verdict = 'baseline_on_test' then baseline_on_test_name
            else fitted_name
        end as model_name,
        cast(cast(fitted_validation_value as {{ metric_format }}) as string) as fitted_validation_text,
        cast(cast(fitted_test_value as {{ metric_format }}) as string) as fitted_test_text,
        cast(cast(baseline_validation_value as {{ metric_format }}) as string) as baseline_validation_text,
        cast(cast(baseline_test_value as {{ metric_format }}) as string) as baseline_test_text
    from judged

)

select
    scoring_date.as_of_date,
    scoring_date.horizon_days,
    cast(chosen.target_name as string) as target_name,
    cast(chosen.model_name as string) as model_name,
    cast(
        case chosen.verdict
            when 'no_window'
                then 'The history is too short for a past window of ' || cast(scoring_date.horizon_days as string)
                    || ' days; everyone gets the rate of repeat business observed so far.'
            when 'no_training_window'
                then 'There is one past window of ' || cast(scoring_date.horizon_days as string)
                    || ' days and none before it to learn from; everyone gets its mean.'
            when 'no_test_window'
                then 'There is no user in the latest past window, so no model can be judged.'
            when 'few_buyers'
                then 'Too few buyers to fit and judge a model: ' || cast(chosen.training_buyer_count as string)
                    || ' in the training windows and ' || cast(chosen.test_buyer_count as string)
                    || ' in the test window, {{ minimum_buyers }} are needed in each.'
            when 'no_fit'
                then 'No fit could be made: in the training windows either all users ordered or none.'
            when 'baseline_on_validation'
                then 'No fitted model beat ' || chosen.model_name || ' on the validation window ('
                    || chosen.choice_metric || ' ' || chosen.fitted_validation_text
                    || ' against ' || chosen.baseline_validation_text || ').'
            when 'baseline_on_test'
                then chosen.fitted_name || ' lost to ' || chosen.model_name || ' on the unseen test window ('
                    || chosen.choice_metric || ' ' || chosen.fitted_test_text
                    || ' against ' || chosen.baseline_test_text || ').'
            when 'fitted_without_validation'
                then 'There is no validation window to choose by; ' || chosen.model_name || ' did at least as well as '
                    || chosen.baseline_on_test_name || ' on the unseen test window (' || chosen.choice_metric || ' '
                    || chosen.fitted_test_text || ' against ' || chosen.baseline_test_text || ').'
            else chosen.model_name || ' was best on the validation window (' || chosen.choice_metric || ' '
                || chosen.fitted_validation_text || ', best baseline ' || chosen.baseline_validation_text
                || ') and did at least as well as ' || chosen.baseline_on_test_name || ' on the unseen test window ('
                || chosen.fitted_test_text || ' against ' || chosen.baseline_test_text || ').'
        end as string
    ) as reason,
    cast(chosen.choice_metric as string) as choice_metric,
    chosen.first_training_date,
    chosen.last_label_date,
    cast(chosen.training_row_count as bigint) as training_row_count,
    cast(chosen.training_buyer_count as bigint) as training_buyer_count,
    cast(chosen.validation_row_count as bigint) as validation_row_count,
    cast(chosen.test_row_count as bigint) as test_row_count,
    cast(chosen.test_buyer_count as bigint) as test_buyer_count,
    cast(chosen.model_name not in ('constant', 'same_as_before') as boolean) as is_fitted
from chosen
cross join scoring_date
