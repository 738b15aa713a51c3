"""The statistics of experiments, run by the models' own SQL on 1,000 simulated A/A tests that are looked at every day."""

import math

import numpy as np
import pandas as pd
import pytest

EXPERIMENTS, DAYS, USERS_PER_DAY = 1000, 20, 100
# Three standard errors of a rate of 5 % among 1,000.
BOUND = 3 * math.sqrt(0.05 * 0.95 / EXPERIMENTS)
MODELS = ["int_seg__experiment_arms", "int_seg__experiment_differences", "int_seg__experiment_tests"]


def simulated_sums() -> pd.DataFrame:
    """Sums of the users so far at the end of each day of each experiment: one in ten orders, amounts are skewed."""
    random = np.random.default_rng(2026)
    shape = (EXPERIMENTS, DAYS, USERS_PER_DAY)
    is_control = random.random(shape) < 0.5
    inclination = random.normal(size=shape)
    conversion = (inclination + random.normal(size=shape) > 1.81).astype(float)
    conversion_before = (inclination + random.normal(size=shape) > 1.81).astype(float)
    revenue = conversion * np.round(random.lognormal(3.5, 1, shape), 2)
    revenue_before = conversion_before * np.round(random.lognormal(3.5, 1, shape), 2)

    experiment, day = np.meshgrid(np.arange(EXPERIMENTS), np.arange(DAYS), indexing="ij")
    frames = []
    for metric, kind, outcome, covariate in [
        ("conversion", "share", conversion, conversion_before), ("revenue", "mean", revenue, revenue_before)
    ]:
        for variant, mask in [("control", is_control), ("treatment", ~is_control)]:
            frame = {"experiment": experiment.ravel(), "day": day.ravel(), "variant": variant, "metric": metric, "metric_kind": kind}
            for name, values in {
                "user_count": mask, "outcome_sum": outcome * mask, "covariate_sum": covariate * mask,
                "outcome_squares": outcome**2 * mask, "covariate_squares": covariate**2 * mask,
                "products": outcome * covariate * mask,
            }.items():
                frame[name] = np.cumsum(values.sum(axis=2), axis=1).ravel()
            frames.append(pd.DataFrame(frame))
    sums = pd.concat(frames)
    sums["experiment_id"] = sums["experiment"].astype(str) + " day " + sums["day"].astype(str)
    return sums.assign(
        scheme="all", segment_key="all", fold=0, outcome_unit=1.0, covariate_unit=1.0, is_known_before=True
    )


@pytest.fixture(scope="module")
def tests(experiment_models):
    models = experiment_models
    sums = simulated_sums()
    models.give("int_seg__experiment_sums", sums)
    models.give(
        "int_seg__experiment_variants",
        sums[["experiment_id", "variant"]].drop_duplicates().assign(is_control=lambda frame: frame["variant"] == "control"),
    )
    models.run(MODELS)
    result = models.rows("select * from int_seg__experiment_tests")
    parts = result["experiment_id"].str.split(" day ", expand=True).astype(int)
    return result.assign(experiment=parts[0], day=parts[1])


def false_positive_rate(tests, metric, is_positive) -> float:
    return tests.loc[is_positive & (tests["metric"] == metric), "experiment"].nunique() / EXPERIMENTS


@pytest.mark.parametrize("metric", ["conversion", "revenue"])
@pytest.mark.parametrize("p_value", ["p_value", "cuped_p_value"])
def test_one_look_at_the_end_is_wrong_as_often_as_stated(tests, metric, p_value):
    rate = false_positive_rate(tests, metric, (tests["day"] == DAYS - 1) & (tests[p_value] < 0.05))
    assert abs(rate - 0.05) < BOUND


@pytest.mark.parametrize("metric", ["conversion", "revenue"])
def test_sequential_intervals_are_wrong_at_most_as_often_as_stated_however_often_one_looks(tests, metric):
    excludes_zero = (tests["sequential_low"] > 0) | (tests["sequential_high"] < 0)
    assert false_positive_rate(tests, metric, excludes_zero) < 0.05
    # The interval and its p-value say the same.
    assert (excludes_zero == (tests["sequential_p_value"] < 0.05)).all()


@pytest.mark.parametrize("metric", ["conversion", "revenue"])
def test_looking_daily_at_the_plain_p_value_is_what_goes_wrong(tests, metric):
    assert false_positive_rate(tests, metric, tests["p_value"] < 0.05) > 0.15


def test_the_days_before_explain_part_of_the_variance(tests):
    reduction = tests.loc[(tests["day"] == DAYS - 1) & (tests["metric"] == "conversion"), "variance_reduction"]
    # Correlation of the two planted flags, squared.
    assert 0.03 < reduction.mean() < 0.15
