"""The tree ensembles: their node tables against scikit-learn, and on rows that a shop may well have."""

import ml_seg__tree_fits as tree_fits
import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from training_rows import features_of, make_rows

SEED = 42
FIT = ["target_name", "model_name", "fit_name"]


@pytest.fixture(scope="module")
def shop():
    return make_rows(900)


@pytest.fixture(scope="module")
def shop_fits(shop):
    return tree_fits.fit_all(shop, SEED)


def fit_of(fits, target_name, model_name, fit_name="serve"):
    return fits[
        (fits["target_name"] == target_name) & (fits["model_name"] == model_name) & (fits["fit_name"] == fit_name)
    ]


def walk(nodes, rows):
    """Predictions from the node table alone, each row led from the root of each tree to its leaf."""
    is_single = nodes["model_name"].iloc[0] == "random_forest"
    total = np.zeros(len(rows))
    for _, tree_nodes in nodes.groupby("tree_number"):
        tree = tree_nodes.set_index("node_number")
        places = np.zeros(len(rows), dtype=int)
        while True:
            here = tree.loc[places]
            inner = here["feature_name"].notna().to_numpy()
            if not inner.any():
                break
            columns = "feature_" + here["feature_name"][inner].astype(str)
            values = rows.to_numpy()[np.flatnonzero(inner), rows.columns.get_indexer(columns)].astype(float)
            if is_single:
                values = values.astype(np.float32)
            goes_left = values <= here["threshold"].to_numpy()[inner]
            places[inner] = np.where(goes_left, here["left_node_number"][inner], here["right_node_number"][inner])
        total += tree["node_value"].loc[places].to_numpy()
    link = nodes["link"].iloc[0]
    return {"identity": lambda: total, "exponential": lambda: np.exp(total),
            "logistic": lambda: 1 / (1 + np.exp(-total))}[link]()


def expected_predictions(target_name, model_name, learnt, scored):
    """What scikit-learn's own estimator, with the settings of the fit, says of the scored rows."""
    features, labels = features_of(learnt), learnt[f"label_{target_name}"].to_numpy()
    if target_name == "will_order":
        kind, settings = {
            "random_forest": (RandomForestClassifier, tree_fits.FOREST),
            "gradient_boosting": (HistGradientBoostingClassifier, tree_fits.BOOSTING),
        }[model_name]
        return kind(**settings, random_state=SEED).fit(features, labels).predict_proba(features_of(scored))[:, 1]
    if model_name == "random_forest":
        forest = RandomForestRegressor(**tree_fits.FOREST, random_state=SEED)
        return forest.fit(features, labels).predict(features_of(scored))
    boosting = HistGradientBoostingRegressor(**tree_fits.BOOSTING, loss="poisson", random_state=SEED)
    amounts = np.maximum(labels, 0)
    return boosting.fit(features, amounts / amounts.mean()).predict(features_of(scored)) * amounts.mean()


def assert_complete(fits):
    """Every inner node has two children of its own, every leaf a value, and every node but the root one parent."""
    keys = [*FIT, "tree_number"]
    assert not fits.duplicated([*keys, "node_number"]).any()
    inner, leaves = fits[fits["feature_name"].notna()], fits[fits["feature_name"].isna()]
    assert np.isfinite(inner["threshold"]).all() and inner["node_value"].isna().all()
    assert np.isfinite(leaves["node_value"]).all() and leaves["threshold"].isna().all()
    assert (leaves[["left_node_number", "right_node_number"]] == -1).all(axis=None)
    for _, tree in fits.groupby(keys):
        children = tree.loc[tree["feature_name"].notna(), ["left_node_number", "right_node_number"]]
        assert sorted([0, *children.to_numpy().ravel()]) == sorted(tree["node_number"])


def test_trees_are_complete(shop_fits):
    assert_complete(shop_fits)
    intercepts = shop_fits[shop_fits["tree_number"] == 0]
    assert len(intercepts) == 3 * 2 * 3 and intercepts["feature_name"].isna().all()
    assert set(shop_fits["feature_name"].dropna()) <= {"f0", "f1", "f2", "f3"}
    tree_counts = shop_fits.groupby("model_name")["tree_number"].max().to_dict()
    expected = {"random_forest": tree_fits.FOREST["n_estimators"], "gradient_boosting": tree_fits.BOOSTING["max_iter"]}
    assert tree_counts == expected


@pytest.mark.parametrize("target_name", ["order_count", "net_revenue", "will_order"])
@pytest.mark.parametrize("model_name", ["random_forest", "gradient_boosting"])
@pytest.mark.parametrize("fit_name", ["choose", "report", "serve"])
def test_node_tables_predict_what_scikit_learn_does(shop, shop_fits, target_name, model_name, fit_name):
    learnt = shop[shop["split"].isin(tree_fits.FIT_SPLITS[fit_name])]
    fresh = make_rows(2000, seed=8)
    nodes = fit_of(shop_fits, target_name, model_name, fit_name)
    assert set(nodes["row_count"]) == {len(learnt)}
    for scored in (learnt, fresh):
        expected = expected_predictions(target_name, model_name, learnt, scored)
        np.testing.assert_allclose(walk(nodes, scored), expected, rtol=1e-9, atol=1e-12)
    assert np.std(expected) > 0


def test_a_row_on_the_threshold_goes_where_scikit_learn_sends_it(shop, shop_fits):
    for model_name in ("random_forest", "gradient_boosting"):
        nodes = fit_of(shop_fits, "order_count", model_name)
        splits = nodes[nodes["feature_name"] == "f0"]
        scored = shop.iloc[np.arange(len(splits)) % len(shop)].reset_index(drop=True)
        scored["feature_f0"] = splits["threshold"].to_numpy()
        expected = expected_predictions("order_count", model_name, shop, scored)
        np.testing.assert_allclose(walk(nodes, scored), expected, rtol=1e-9)


def test_the_table_is_repeatable_and_the_seed_matters(shop, shop_fits):
    pd.testing.assert_frame_equal(shop_fits, tree_fits.fit_all(shop.copy(), SEED), check_exact=True)
    assert not shop_fits.equals(tree_fits.fit_all(shop, SEED + 1))


def test_boosting_of_more_rows_learns_from_a_draw_of_them(shop, shop_fits, monkeypatch):
    monkeypatch.setattr(tree_fits, "MAX_BOOSTING_ROWS", 300)
    drawn = tree_fits.fit_all(shop, SEED)
    pd.testing.assert_frame_equal(drawn, tree_fits.fit_all(shop, SEED), check_exact=True)
    for model_name, is_same in [("random_forest", True), ("gradient_boosting", False)]:
        of_draw, of_all = (fit_of(fits, "order_count", model_name)["node_value"].to_list() for fits in (drawn, shop_fits))
        assert (str(of_draw) == str(of_all)) == is_same, model_name


def test_what_is_so_rare_that_none_was_drawn_gives_a_forest_and_no_boosting(shop, monkeypatch):
    monkeypatch.setattr(tree_fits, "MAX_BOOSTING_ROWS", 2)
    first = np.arange(len(shop)) == 0
    fits = tree_fits.fit_all(shop.assign(label_will_order=first.astype(float)), SEED)
    assert set(fits.loc[fits["target_name"] == "will_order", "model_name"]) == {"random_forest"}


def test_a_target_is_learnt_from_its_own_population(shop):
    rows = shop.copy()
    outside = rows["label_order_count"] == 0
    rows.loc[outside, "label_net_revenue"] = np.nan
    fits = tree_fits.fit_all(rows, SEED)
    for model_name in ("random_forest", "gradient_boosting"):
        nodes = fit_of(fits, "net_revenue", model_name)
        assert set(nodes["row_count"]) == {(~outside).sum()}
        expected = expected_predictions("net_revenue", model_name, rows[~outside], shop)
        np.testing.assert_allclose(walk(nodes, shop), expected, rtol=1e-9)
    assert set(fit_of(fits, "order_count", "random_forest")["row_count"]) == {len(rows)}


@pytest.mark.parametrize("rows", [make_rows(0), make_rows(1), make_rows(9).query("split == 'test'")])
def test_no_rows_one_row_or_no_window_before_test_give_no_rows_of_the_same_types(rows, shop_fits):
    empty = tree_fits.fit_all(rows, SEED)
    assert len(empty) == 0
    pd.testing.assert_series_equal(empty.dtypes, shop_fits.dtypes)


@pytest.mark.parametrize(("target_name", "label"), [
    ("will_order", 0.0), ("will_order", 1.0), ("order_count", 3.0), ("net_revenue", 0.0), ("net_revenue", -20.0),
])
def test_one_class_or_equal_labels_give_no_fit(shop, target_name, label):
    rows = shop.assign(**{f"label_{target_name}": label})
    assert target_name not in set(tree_fits.fit_all(rows, SEED)["target_name"])


def test_amounts_of_0_or_less_give_a_forest_and_no_boosting(shop):
    rows = shop.assign(label_net_revenue=-shop["label_order_count"])
    fits = tree_fits.fit_all(rows, SEED)
    assert set(fits.loc[fits["target_name"] == "net_revenue", "model_name"]) == {"random_forest"}
    assert_complete(fits)
    predictions = walk(fit_of(fits, "net_revenue", "random_forest"), rows)
    assert predictions.max() <= 0 and predictions.min() < -1


def test_constant_features_leave_nothing_but_the_mean(shop):
    rows = shop.copy()
    rows[[column for column in rows if column.startswith("feature_")]] = 0.0
    fits = tree_fits.fit_all(rows, SEED)
    assert fits["feature_name"].isna().all()
    assert_complete(fits)
    boosted = walk(fit_of(fits, "order_count", "gradient_boosting"), rows)
    np.testing.assert_allclose(boosted, rows["label_order_count"].mean(), rtol=1e-6)
    forest = walk(fit_of(fits, "order_count", "random_forest"), rows)
    np.testing.assert_allclose(forest, rows["label_order_count"].mean(), rtol=0.05)


@pytest.mark.parametrize("row_count", [2, 5, 9])
def test_fewer_rows_than_features_give_complete_trees(row_count):
    rows = make_rows(row_count, feature_count=30)
    fits = tree_fits.fit_all(rows, SEED)
    assert_complete(fits)
    for (target_name, model_name, fit_name), nodes in fits.groupby(FIT):
        learnt = rows[rows["split"].isin(tree_fits.FIT_SPLITS[fit_name])]
        expected = expected_predictions(target_name, model_name, learnt, rows)
        np.testing.assert_allclose(walk(nodes, rows), expected, rtol=1e-9)


def test_perfectly_correlated_features_predict_as_scikit_learn_does(shop):
    rows = shop.copy()
    rows["feature_f4"] = rows["feature_f0"]
    rows["feature_f5"] = -2 * rows["feature_f0"]
    fits = tree_fits.fit_all(rows, SEED)
    assert_complete(fits)
    for model_name in ("random_forest", "gradient_boosting"):
        expected = expected_predictions("order_count", model_name, rows, rows)
        np.testing.assert_allclose(walk(fit_of(fits, "order_count", model_name), rows), expected, rtol=1e-9)


def test_an_extreme_spender_stays_finite(shop):
    rows = shop.copy()
    rows.loc[0, ["label_net_revenue", "feature_f0"]] = [1e12, 300.0]
    fits = tree_fits.fit_all(rows, SEED)
    assert_complete(fits)
    for model_name in ("random_forest", "gradient_boosting"):
        predictions = walk(fit_of(fits, "net_revenue", model_name), rows)
        expected = expected_predictions("net_revenue", model_name, rows, rows)
        np.testing.assert_allclose(predictions, expected, rtol=1e-9)
        assert np.isfinite(predictions).all() and predictions.max() <= 1e12
