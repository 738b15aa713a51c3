"""The neural network: its weight table against scikit-learn, and on rows that a shop may well have."""

import warnings

import ml_seg__network_fits as network_fits
import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor
from training_rows import features_of, make_rows

SEED = 42
FIT = ["target_name", "fit_name"]


@pytest.fixture(scope="module")
def shop():
    return make_rows(900)


@pytest.fixture(scope="module")
def shop_fits(shop):
    return network_fits.fit_all(shop, SEED)


def fit_of(fits, target_name, fit_name="serve"):
    return fits[(fits["target_name"] == target_name) & (fits["fit_name"] == fit_name)]


def forward(weights, rows):
    """Predictions from the weight table alone."""
    total = np.zeros(len(rows))
    for term in weights[weights["layer"] == "output"].itertuples():
        activation = np.ones(len(rows))
        if term.unit_number > 0:
            unit = weights[(weights["layer"] == "hidden") & (weights["unit_number"] == term.unit_number)]
            bias, inputs = unit[unit["feature_name"].isna()], unit[unit["feature_name"].notna()]
            features = rows[[f"feature_{name}" for name in inputs["feature_name"]]].to_numpy()
            activation = np.tanh(bias["weight"].item() + features @ inputs["weight"].to_numpy())
        total += term.weight * activation
    return 1 / (1 + np.exp(-total)) if weights["link"].iloc[0] == "logistic" else total


def expected_predictions(target_name, learnt, scored):
    """What scikit-learn's own perceptron, with the settings of the fit, says of the scored rows."""
    features, labels = features_of(learnt), learnt[f"label_{target_name}"].to_numpy()
    passes = int(np.clip(network_fits.MAX_ROW_PASSES / len(learnt), 5, network_fits.NETWORK["max_iter"]))
    settings = {
        **network_fits.NETWORK, "max_iter": passes, "batch_size": network_fits.batch_size(len(learnt)), "shuffle": False,
        "random_state": SEED,
    }
    shuffled = np.random.default_rng(SEED).permutation(len(learnt))
    features, labels = features[shuffled], labels[shuffled]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        if target_name == "will_order":
            return MLPClassifier(**settings).fit(features, labels).predict_proba(features_of(scored))[:, 1]
        network = MLPRegressor(**settings).fit(features, (labels - labels.mean()) / labels.std())
    return network.predict(features_of(scored)) * labels.std() + labels.mean()


def assert_complete(fits, feature_count):
    """One weight per hidden unit and feature, a bias per hidden unit, and an output weight for each and a bias."""
    unit_count = network_fits.NETWORK["hidden_layer_sizes"][0]
    assert not fits.duplicated([*FIT, "layer", "unit_number", "feature_name"]).any()
    assert np.isfinite(fits["weight"]).all()
    for _, weights in fits.groupby(FIT):
        hidden, output = weights[weights["layer"] == "hidden"], weights[weights["layer"] == "output"]
        assert sorted(output["unit_number"]) == list(range(unit_count + 1)) and output["feature_name"].isna().all()
        assert hidden.groupby("unit_number").size().to_dict() == dict.fromkeys(
            range(1, unit_count + 1), feature_count + 1
        )
        assert sorted(hidden.loc[hidden["feature_name"].isna(), "unit_number"]) == list(range(1, unit_count + 1))


def test_every_unit_has_its_weights_and_its_bias(shop_fits):
    assert_complete(shop_fits, 4)
    assert shop_fits.groupby(FIT).ngroups == 9
    links = shop_fits.groupby("target_name")["link"].unique().str.join(" ").to_dict()
    assert links == {"order_count": "identity", "net_revenue": "identity", "will_order": "logistic"}


@pytest.mark.parametrize("target_name", ["order_count", "net_revenue", "will_order"])
@pytest.mark.parametrize("fit_name", ["choose", "report", "serve"])
def test_weight_tables_predict_what_scikit_learn_does(shop, shop_fits, target_name, fit_name):
    learnt = shop[shop["split"].isin(network_fits.FIT_SPLITS[fit_name])]
    weights = fit_of(shop_fits, target_name, fit_name)
    assert set(weights["row_count"]) == {len(learnt)}
    for scored in (learnt, make_rows(2000, seed=8)):
        expected = expected_predictions(target_name, learnt, scored)
        np.testing.assert_allclose(forward(weights, scored), expected, rtol=1e-9, atol=1e-9)
    assert np.std(expected) > 0.01


def test_the_network_learns_what_no_straight_line_can():
    rows = make_rows(3000)
    rows["label_order_count"] = np.where(rows["feature_f0"].abs() > 0.7, 4.0, 0.0)
    predictions = forward(fit_of(network_fits.fit_all(rows, SEED), "order_count"), rows)
    assert np.corrcoef(rows["feature_f0"], rows["label_order_count"])[0, 1] ** 2 < 0.05
    assert np.corrcoef(predictions, rows["label_order_count"])[0, 1] ** 2 > 0.5


def test_passes_shrink_with_the_rows(monkeypatch, shop):
    monkeypatch.setattr(network_fits, "MAX_ROW_PASSES", 9000)
    weights = fit_of(network_fits.fit_all(shop, SEED), "order_count")
    expected = expected_predictions("order_count", shop, shop)
    np.testing.assert_allclose(forward(weights, shop), expected, rtol=1e-9, atol=1e-9)


def test_batches_grow_with_the_rows(monkeypatch, shop, shop_fits):
    monkeypatch.setattr(network_fits, "BATCHES", 3)
    weights = fit_of(network_fits.fit_all(shop, SEED), "order_count")
    expected = expected_predictions("order_count", shop, shop)
    np.testing.assert_allclose(forward(weights, shop), expected, rtol=1e-9, atol=1e-9)
    assert not np.allclose(forward(fit_of(shop_fits, "order_count"), shop), expected, rtol=1e-3)


@pytest.mark.parametrize(("rows", "expected"), [
    (1, 1), (199, 199), (201, 201), (301, 151), (400, 200), (4801, 201), (50_000, 200), (100_000, 400), (2_000_000, 500),
])
def test_no_batch_is_much_smaller_than_the_others(rows, expected):
    size = network_fits.batch_size(rows)
    assert size == expected
    assert (rows - 1) % size + 1 > 0.7 * size


def test_the_table_is_repeatable_and_the_seed_matters(shop, shop_fits):
    pd.testing.assert_frame_equal(shop_fits, network_fits.fit_all(shop.copy(), SEED), check_exact=True)
    assert not shop_fits.equals(network_fits.fit_all(shop, SEED + 1))


def test_a_target_is_learnt_from_its_own_population(shop):
    rows = shop.copy()
    outside = rows["label_order_count"] == 0
    rows.loc[outside, "label_net_revenue"] = np.nan
    fits = network_fits.fit_all(rows, SEED)
    weights = fit_of(fits, "net_revenue")
    assert set(weights["row_count"]) == {(~outside).sum()}
    expected = expected_predictions("net_revenue", rows[~outside], shop)
    np.testing.assert_allclose(forward(weights, shop), expected, rtol=1e-9, atol=1e-9)
    assert set(fit_of(fits, "order_count")["row_count"]) == {len(rows)}


@pytest.mark.parametrize("rows", [make_rows(0), make_rows(1), make_rows(9).query("split == 'test'")])
def test_no_rows_one_row_or_no_window_before_test_give_no_rows_of_the_same_types(rows, shop_fits):
    empty = network_fits.fit_all(rows, SEED)
    assert len(empty) == 0
    pd.testing.assert_series_equal(empty.dtypes, shop_fits.dtypes)


@pytest.mark.parametrize(("target_name", "label"), [
    ("will_order", 0.0), ("will_order", 1.0), ("order_count", 3.0), ("net_revenue", 0.0), ("net_revenue", -20.0),
])
def test_one_class_or_equal_labels_give_no_fit(shop, target_name, label):
    rows = shop.assign(**{f"label_{target_name}": label})
    assert target_name not in set(network_fits.fit_all(rows, SEED)["target_name"])


def test_amounts_of_0_or_less_are_predicted(shop):
    rows = shop.assign(label_net_revenue=-shop["label_order_count"])
    predictions = forward(fit_of(network_fits.fit_all(rows, SEED), "net_revenue"), rows)
    assert predictions.mean() == pytest.approx(rows["label_net_revenue"].mean(), abs=0.1)
    assert np.corrcoef(predictions, rows["label_net_revenue"])[0, 1] > 0.5


def test_constant_features_leave_about_the_mean(shop):
    rows = shop.copy()
    rows[[column for column in rows if column.startswith("feature_")]] = 0.0
    fits = network_fits.fit_all(rows, SEED)
    assert_complete(fits, 4)
    predictions = forward(fit_of(fits, "order_count"), rows)
    assert np.ptp(predictions) == 0
    assert predictions[0] == pytest.approx(rows["label_order_count"].mean(), rel=0.1)


@pytest.mark.parametrize("row_count", [2, 5, 9])
def test_fewer_rows_than_features_stay_finite(row_count):
    rows = make_rows(row_count, feature_count=30)
    fits = network_fits.fit_all(rows, SEED)
    assert_complete(fits, 30)
    for (target_name, fit_name), weights in fits.groupby(FIT):
        learnt = rows[rows["split"].isin(network_fits.FIT_SPLITS[fit_name])]
        expected = expected_predictions(target_name, learnt, rows)
        np.testing.assert_allclose(forward(weights, rows), expected, rtol=1e-9, atol=1e-9)


def test_perfectly_correlated_features_predict_as_scikit_learn_does(shop):
    rows = shop.copy()
    rows["feature_f4"] = rows["feature_f0"]
    rows["feature_f5"] = -2 * rows["feature_f0"]
    fits = network_fits.fit_all(rows, SEED)
    assert_complete(fits, 6)
    expected = expected_predictions("order_count", rows, rows)
    np.testing.assert_allclose(forward(fit_of(fits, "order_count"), rows), expected, rtol=1e-9, atol=1e-9)


def test_an_extreme_spender_stays_finite(shop):
    rows = shop.copy()
    rows.loc[0, ["label_net_revenue", "feature_f0"]] = [1e12, 300.0]
    fits = network_fits.fit_all(rows, SEED)
    assert_complete(fits, 4)
    predictions = forward(fit_of(fits, "net_revenue"), rows)
    assert np.isfinite(predictions).all() and np.abs(predictions).max() < 1e13
