"""The explaining model: what is additive it repeats, what matters it names, and it says how close it comes."""

import ml_seg__reason_fits as reason_fits
import numpy as np
import pandas as pd
import pytest

UNTRIED = {"movements": pd.DataFrame(columns=["target_name", "feature_name", "movement_share"]), "random_seed": 1}


def make_rows(row_count=3000, seed=7, prediction=None):
    random = np.random.default_rng(seed)
    # In halves: few enough values that a step can lie between any two.
    features = np.round(2 * random.normal(size=(row_count, 20)).clip(-3, 3)) / 2
    rows = pd.DataFrame(features, columns=[f"feature_f{number}" for number in range(20)])
    rows["is_held_out"] = np.arange(row_count) % 3 == 0
    rows["prediction_order_count"] = (
        prediction(features) if prediction else 2 * (features[:, 0] > 0) - 1.0 * (features[:, 3] > 0)
    )
    return rows


def contribution(fits, name, value):
    steps = fits[fits["feature_name"] == name]
    inside = (steps["low_value"].isna() | (steps["low_value"] < value)) & (
        steps["high_value"].isna() | (steps["high_value"] >= value)
    )
    assert inside.sum() == 1
    return steps.loc[inside, "base_contribution"].item()


def test_steps_that_were_planted_are_found_with_their_size():
    fits = reason_fits.fit_all(make_rows(), **UNTRIED)
    assert fits["fidelity"].iloc[0] > 0.97
    assert contribution(fits, "f0", 2.0) - contribution(fits, "f0", -2.0) == pytest.approx(2, abs=0.1)
    assert contribution(fits, "f3", 2.0) - contribution(fits, "f3", -2.0) == pytest.approx(-1, abs=0.1)


def test_contributions_are_centred_on_the_average_user():
    rows = make_rows()
    fits = reason_fits.fit_all(rows, **UNTRIED)
    learnt = rows[~rows["is_held_out"]]
    mean = np.mean([contribution(fits, "f0", value) for value in learnt["feature_f0"].head(2000)])
    assert mean == pytest.approx(0, abs=0.05)


def test_a_baseline_is_explained_by_the_one_feature_that_it_repeats():
    fits = reason_fits.fit_all(make_rows(prediction=lambda x: 5 + 3 * x[:, 2]), **UNTRIED)
    assert list(fits["feature_name"]) == ["f2"]
    assert fits[["slope", "fidelity"]].iloc[0].to_list() == pytest.approx([3, 1])
    learnt = make_rows().loc[lambda rows: ~rows["is_held_out"], "feature_f2"]
    assert fits["base_contribution"].item() + 3 * learnt.mean() == pytest.approx(0, abs=1e-9)


def test_two_features_in_equal_parts_are_no_line_of_one():
    fits = reason_fits.fit_all(make_rows(prediction=lambda x: x[:, 2] + x[:, 4]), **UNTRIED)
    assert {"f2", "f4"} <= set(fits["feature_name"]) and (fits["slope"] == 0).all()


def test_what_moves_nothing_is_no_reason_however_much_it_goes_with_what_does():
    rows = make_rows(prediction=lambda x: 2.0 * (x[:, 0] > 0) + (x[:, 1] > 0.5))
    # Nearly the same as the feature that serves, and even finer.
    rows["feature_f5"] = rows["feature_f0"] + 0.1 * rows["feature_f1"]
    movements = pd.DataFrame({
        "target_name": "order_count", "feature_name": [f"f{number}" for number in range(20)],
        "movement_share": [1.0, 0.5] + [0.0] * 18,
    })
    assert "f5" in set(reason_fits.fit_all(rows, **UNTRIED)["feature_name"])
    assert set(reason_fits.fit_all(rows, movements, random_seed=1)["feature_name"]) == {"f0", "f1"}


def test_a_model_of_the_rhythm_is_explained_by_what_it_is_made_of():
    rows = make_rows().rename(columns={"feature_f0": "feature_order_count", "feature_f3": "feature_alive_probability"})
    movements = pd.DataFrame({
        "target_name": "order_count", "feature_name": ["alive_probability", "f7"], "movement_share": [1.0, 0.0],
    })
    assert set(reason_fits.fit_all(rows, movements, random_seed=1)["feature_name"]) == {"order_count"}


def test_what_is_not_additive_has_a_low_fidelity():
    fits = reason_fits.fit_all(make_rows(prediction=lambda x: x[:, 0] * x[:, 1]), **UNTRIED)
    assert (fits["fidelity"] < 0.3).all()


def test_at_most_so_many_features_and_steps_and_none_that_is_a_prediction_itself():
    rows = make_rows(prediction=lambda x: x.sum(axis=1))
    rows["feature_expected_revenue"] = rows["prediction_order_count"]
    fits = reason_fits.fit_all(rows, **UNTRIED)
    assert fits["feature_name"].nunique() <= reason_fits.MAX_FEATURES
    assert fits.groupby("feature_name").size().max() <= reason_fits.MAX_STEPS
    assert "expected_revenue" not in set(fits["feature_name"])


@pytest.mark.parametrize("rows", [
    make_rows(0), make_rows(10), make_rows(prediction=lambda x: np.full(len(x), 3.0)),
    make_rows().assign(prediction_order_count=np.nan),
], ids=["none", "few", "equal predictions", "another horizon"])
def test_nothing_to_explain_gives_no_rows(rows):
    fits = reason_fits.fit_all(rows, **UNTRIED)
    assert fits.empty and list(fits.columns) == list(reason_fits.COLUMNS)


def test_the_same_rows_give_the_same_steps():
    pd.testing.assert_frame_equal(
        reason_fits.fit_all(make_rows(), **UNTRIED), reason_fits.fit_all(make_rows(), **UNTRIED), check_exact=True
    )


def test_reasons_of_the_demo_store_are_three_a_user_and_say_how_good_they_are(demo_store):
    counts = demo_store.sql("""
        select target_name, count(*) / count(distinct user_id) as reasons, min(fidelity) as fidelity
        from seg__prediction_reasons group by target_name
    """).df().set_index("target_name")
    assert (counts["reasons"] == 3).all()
    assert counts.loc["will_order", "fidelity"] > 0.8
    # Nobody who just ordered is held against it.
    assert demo_store.sql("""
        select count(*) from seg__prediction_reasons
        where target_name = 'will_order' and feature_name = 'days_since_last_order' and feature_value < 10
            and contribution < 0
    """).fetchall() == [(0,)]
