{#
    One row per target: which model serves, and why. The model with the best validation metric is the candidate; it
    serves unless a baseline beats it on the unseen test window. Where that cannot be judged a baseline serves.
#}
{#
    A single model must be better than a stack that beats the baselines by more than 2 % on the validation window to
    serve instead.
#}
{% set stack_preference = 0.98 %}
{% set metric_format = 'decimal(28, 4)' %}

with

targets as (

    select
        targets.*,
        windows.as_of_date,
        windows.window_days
    from {{ prediction_targets_relation() }} as targets
    inner join {{ ref('int_seg__outcome_windows') }} as windows
        on
            targets.horizon_days = windows.horizon_days
            and windows.split = 'scoring'

),

{# One row per horizon, also without labels. "Training" is what the judged fit learns from. #}
windows as (

    select
        horizon_days,
        min(as_of_date) as first_training_date,
        max(label_until_date) as last_label_date,
        sum(case when split <> 'test' then 1 else 0 end) as training_row_count,
        sum(case when split <> 'test' then will_order else 0 end) as training_buyer_count,
        sum(case when split = 'validation' then 1 else 0 end) as validation_row_count,
        sum(case when split = 'validation' then will_order else 0 end) as validation_buyer_count,
        sum(case when split = 'test' then 1 else 0 end) as test_row_count,
        sum(case when split = 'test' then will_order else 0 end) as test_buyer_count
    from {{ ref('int_seg__prediction_labels') }}
    group by horizon_days

),

readiness as (

    select
        target_name,
        string_agg(case when not is_met then reason end, '; ' order by check_name) as reason
    from {{ ref('seg__prediction_readiness') }}
    group by target_name

),

pinned as (

    {% for target_name, model_name in pinned_models().items() %}
    select
        '{{ target_name }}' as target_name,
        '{{ model_name }}' as model_name
    union all
    {% endfor %}
    select
        cast(null as string) as target_name,
        cast(null as string) as model_name
    where false

),

{# Where nobody ordered in a window, out of season, whoever expects nothing is perfect there: it chooses nothing. #}
models as (

    select
        metrics.target_name,
        metrics.model_name,
        metrics.is_baseline,
        max(case
            when metrics.split = 'validation' and windows.validation_buyer_count > 0 then round(metrics.metric_value, 9)
        end) as validation_value,
        max(case when metrics.split = 'test' and windows.test_buyer_count > 0 then round(metrics.metric_value, 9) end) as test_value
    from {{ ref('int_seg__prediction_metrics') }} as metrics
    inner join targets
        on
            metrics.target_name = targets.target_name
            and metrics.metric_name = targets.choice_metric
    left join windows
        on targets.horizon_days = windows.horizon_days
    group by metrics.target_name, metrics.model_name, metrics.is_baseline

),

{# Which of the single models is best changes from window to window; the stack has some of each. #}
weighed as (

    select
        *,
        validation_value * case
            when
                model_name = 'stacked'
                and validation_value < min(case when is_baseline then validation_value end) over (partition by target_name)
                then {{ stack_preference }}
            else 1
        end as choice_value
    from models

),

{# Equal metrics: the simpler model first. A model without a value comes last. #}
ranked as (

    select
        *,
        row_number() over (
            partition by target_name
            order by
                case when validation_value is null then 1 else 0 end,
                choice_value,
                case when is_baseline then 0 else 1 end,
                model_name
        ) as validation_rank,
        row_number() over (
            partition by target_name, is_baseline
            order by
                case when validation_value is null then 1 else 0 end,
                choice_value,
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
    from weighed

),

contenders as (

    select
        targets.target_name,
        targets.choice_metric,
        max(targets.complement_of) as complement_of,
        max(targets.horizon_days) as horizon_days,
        max(targets.window_days) as window_days,
        max(targets.as_of_date) as as_of_date,
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
    group by targets.target_name, targets.choice_metric

),

judged as (

    select
        contenders.*,
        pinned_models.model_name as pinned_name,
        case when pinned_models.model_name is null then pinned.model_name end as unfitted_pin,
        readiness.reason as readiness_reason,
        windows.first_training_date,
        windows.last_label_date,
        coalesce(windows.training_row_count, 0) as training_row_count,
        coalesce(windows.training_buyer_count, 0) as training_buyer_count,
        coalesce(windows.validation_row_count, 0) as validation_row_count,
        coalesce(windows.validation_buyer_count, 0) as validation_buyer_count,
        coalesce(windows.test_row_count, 0) as test_row_count,
        coalesce(windows.test_buyer_count, 0) as test_buyer_count,
        case
            when coalesce(windows.training_row_count, 0) + coalesce(windows.test_row_count, 0) = 0
                then 'no_window'
            when coalesce(windows.training_row_count, 0) = 0
                then 'no_training_window'
            when coalesce(windows.test_row_count, 0) = 0
                then 'no_test_window'
            when readiness.reason is not null
                then 'not_ready'
            when pinned_models.model_name is not null
                then 'pinned'
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
    left join windows
        on contenders.horizon_days = windows.horizon_days
    left join readiness
        on contenders.target_name = readiness.target_name
    left join pinned
        on contenders.target_name = pinned.target_name
    left join models as pinned_models
        on
            pinned.target_name = pinned_models.target_name
            and pinned.model_name = pinned_models.model_name

),

chosen as (

    select
        *,
        case
            when verdict in ('no_window', 'no_training_window') then 'constant'
            when verdict in ('no_test_window', 'not_ready', 'no_fit') then coalesce(fallback_name, 'constant')
            when verdict = 'pinned' then pinned_name
            when verdict = 'baseline_on_validation' then best_on_validation
            when verdict = 'baseline_on_test' then baseline_on_test_name
            else fitted_name
        end as model_name,
        cast(cast(fitted_validation_value as {{ metric_format }}) as string) as fitted_validation_text,
        cast(cast(fitted_test_value as {{ metric_format }}) as string) as fitted_test_text,
        cast(cast(baseline_validation_value as {{ metric_format }}) as string) as baseline_validation_text,
        cast(cast(baseline_test_value as {{ metric_format }}) as string) as baseline_test_text
    from judged

),

worded as (

    select
        chosen.*,
        coalesce(
            'The shop pinned ' || chosen.unfitted_pin || ' (seg__pinned_models), which predicts nothing of this target here. ', ''
        )
        || case chosen.verdict
            when 'no_window'
                then 'The history is too short for a past window of ' || cast(chosen.window_days as string)
                    || ' days after some to look back on; everyone gets the rate of repeat business observed so far.'
            when 'no_training_window'
                then 'There is one past window of ' || cast(chosen.window_days as string)
                    || ' days and none before it to learn from; everyone gets its mean.'
            when 'no_test_window'
                then 'There is no user in the latest past window, so no model can be judged.'
            when 'not_ready'
                then 'Too little is known to fit and judge a model: ' || chosen.readiness_reason || '.'
            when 'pinned'
                then 'The shop pinned it (seg__pinned_models).'
            when 'no_fit'
                then 'No model could be fitted: in the training windows either all users ordered or none, or the shop names no model for this target (seg__prediction_models).'
            when 'baseline_on_validation'
                then 'No fitted model beat ' || chosen.model_name || ' on the validation window ('
                    || chosen.choice_metric || ' of ' || coalesce(chosen.fitted_name, 'the best') || ' '
                    || chosen.fitted_validation_text || ', of ' || chosen.model_name || ' '
                    || chosen.baseline_validation_text || ').'
            when 'baseline_on_test'
                then chosen.fitted_name || ' lost to ' || chosen.model_name || ' on the unseen test window ('
                    || chosen.choice_metric || ' ' || chosen.fitted_test_text
                    || ' against ' || chosen.baseline_test_text || ').'
            when 'fitted_without_validation'
                then case
                    when chosen.validation_row_count > 0 and chosen.validation_buyer_count = 0
                        then 'Nobody ordered in the validation window, so it chooses nothing; '
                    else 'There is no validation window to choose by; '
                end || chosen.model_name || ' did at least as well as '
                    || chosen.baseline_on_test_name || ' on the unseen test window (' || chosen.choice_metric || ' '
                    || chosen.fitted_test_text || ' against ' || chosen.baseline_test_text || ').'
            else chosen.model_name
                || case when chosen.model_name = 'stacked' then ' was best, or within 2 % of it,' else ' was best' end
                || ' on the validation window (' || chosen.choice_metric || ' '
                || chosen.fitted_validation_text || ', best baseline ' || chosen.baseline_validation_text
                || ') and did at least as well as ' || chosen.baseline_on_test_name || ' on the unseen test window ('
                || chosen.fitted_test_text || ' against ' || chosen.baseline_test_text || ').'
        end
        || case
            when chosen.window_days < chosen.horizon_days and chosen.verdict <> 'no_window'
                then ' The history is too short for windows of ' || cast(chosen.horizon_days as string)
                    || ' days: what is learnt on ' || cast(chosen.window_days as string) || ' days is carried over to them.'
            else ''
        end as reason
    from chosen

),

{# A complement is served by the model of its other half, for its reasons, or the two could contradict each other. #}
served as (

    select
        worded.*,
        coalesce(others.model_name, worded.model_name) as served_name,
        coalesce('1 minus ' || worded.complement_of || ' of the same model. ' || others.reason, worded.reason) as served_reason
    from worded
    left join worded as others
        on worded.complement_of = others.target_name

)

select
    served.as_of_date,
    served.horizon_days,
    served.window_days,
    cast(served.target_name as string) as target_name,
    cast(served.served_name as string) as model_name,
    cast(served.served_reason as string) as reason,
    cast(served.choice_metric as string) as choice_metric,
    served.first_training_date,
    served.last_label_date,
    cast(served.training_row_count as bigint) as training_row_count,
    cast(served.training_buyer_count as bigint) as training_buyer_count,
    cast(served.validation_row_count as bigint) as validation_row_count,
    cast(served.test_row_count as bigint) as test_row_count,
    cast(served.test_buyer_count as bigint) as test_buyer_count,
    cast(served.served_name not in ('constant', 'same_as_before') as boolean) as is_fitted
from served
