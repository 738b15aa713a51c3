"""The linear models against scikit-learn, and on rows that a shop may well have."""

import ml_seg__linear_fits as linear_fits
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge, RidgeCV

COLUMNS = [
    "as_of_date", "target_name", "model_name", "fit_name", "feature_name", "coefficient", "importance", "row_count",
]
AMOUNT_MODELS = ["linear_regression", "ridge_regression", "elastic_net"]


@pytest.fixture
def rows():
    return make_rows(400)


def make_rows(row_count, feature_count=4, seed=7):
    random = np.random.default_rng(seed)
    features = random.normal(size=(row_count, feature_count))
    orders = np.maximum(0, 1 + features[:, 0] - 0.5 * features[:, 1] + random.normal(size=row_count))
    rows = pd.DataFrame(features, columns=[f"feature_f{number}" for number in range(feature_count)])
    rows["user_id"] = [f"u{number:05d}" for number in range(row_count)]
    rows["as_of_date"] = pd.Timestamp("2024-01-01")
    rows["scoring_date"] = pd.Timestamp("2024-10-01")
    rows["split"] = np.resize(["train", "validation", "test"], row_count)
    rows["label_order_count"] = np.round(orders)
    rows["label_net_revenue"] = 30 * orders + 1000
    rows["label_will_order"] = (orders >= 1).astype(float)
    return rows


def features_of(rows):
    return rows[[column for column in rows if column.startswith("feature_")]].to_numpy()


def coefficients_of(fits, target_name, fit_name, model_name=None):
    model_name = model_name or ("logistic_regression" if target_name == "will_order" else "linear_regression")
    chosen = fits[
        (fits["target_name"] == target_name) & (fits["fit_name"] == fit_name) & (fits["model_name"] == model_name)
    ]
    return chosen.set_index("feature_name")["coefficient"]


def test_closed_form_equals_scikit_learn(rows):
    features, labels = features_of(rows) + 1e6, rows["label_net_revenue"].to_numpy()
    intercept, coefficients = linear_fits.closed_form(features, labels)
    expected = LinearRegression().fit(features, labels)
    np.testing.assert_allclose(coefficients, expected.coef_, rtol=1e-9)
    np.testing.assert_allclose(intercept, expected.intercept_, rtol=1e-9)


def test_gradient_descent_reaches_the_closed_form(rows):
    features, labels = features_of(rows), rows["label_net_revenue"].to_numpy()
    # Nearly collinear, as windows of one count are.
    features = np.column_stack([features, features[:, 0] + 0.01 * features[:, 1], 50 * features[:, 2]])
    exact = linear_fits.closed_form(features, labels)
    descended = linear_fits.gradient_descent(features, labels)
    np.testing.assert_allclose(features @ descended[1] + descended[0], features @ exact[1] + exact[0], rtol=1e-8)

    features = features[:, :4]
    exact = linear_fits.closed_form(features, labels)
    descended = linear_fits.gradient_descent(features, labels)
    np.testing.assert_allclose(descended[1], exact[1], atol=1e-9 * np.abs(exact[1]).max())
    np.testing.assert_allclose(descended[0], exact[0], rtol=1e-9)


def test_gradient_descent_lowers_the_mean_squared_error_with_more_steps(rows):
    features, labels = features_of(rows), rows["label_order_count"].to_numpy()
    errors = []
    for max_steps in (1, 3, 10, 1000):
        intercept, coefficients = linear_fits.gradient_descent(features, labels, max_steps=max_steps)
        errors.append(np.mean((labels - intercept - features @ coefficients) ** 2))
    intercept, coefficients = linear_fits.closed_form(features, labels)
    best = np.mean((labels - intercept - features @ coefficients) ** 2)
    assert errors[0] > errors[1] > errors[2] > best * (1 - 1e-12)
    assert errors[-1] == pytest.approx(best, rel=1e-12)


def test_logistic_equals_scikit_learn(rows):
    features, labels = features_of(rows), rows["label_will_order"].to_numpy().astype(int)
    intercept, coefficients = linear_fits.logistic(features, labels)
    expected = LogisticRegression(C=linear_fits.INVERSE_PENALTY, solver="lbfgs", tol=1e-10, max_iter=10_000)
    expected.fit(features, labels)
    np.testing.assert_allclose(coefficients, expected.coef_[0], rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(intercept, expected.intercept_[0], rtol=1e-5, atol=1e-7)


def test_ridge_equals_scikit_learn(rows):
    features, labels = features_of(rows), rows["label_net_revenue"].to_numpy()
    weights = np.linspace(0.5, 1.5, len(labels))
    intercept, coefficients = linear_fits.ridge(features, labels, weights)
    expected = RidgeCV(alphas=linear_fits.RIDGE_PENALTIES * len(labels)).fit(features, labels, sample_weight=weights)
    np.testing.assert_allclose(coefficients, expected.coef_, rtol=1e-9)
    np.testing.assert_allclose(intercept, expected.intercept_, rtol=1e-9)


def test_ridge_chooses_its_penalty_per_row_on_some_rows_and_learns_from_all(monkeypatch):
    rows = make_rows(400, feature_count=20)
    features, labels, weights = features_of(rows), rows["label_order_count"].to_numpy(), np.linspace(0.5, 1.5, 400)
    monkeypatch.setattr(linear_fits, "MAX_PENALTY_ROWS", 60)
    drawn = np.random.default_rng(7).permutation(400)[:60]
    scale = labels.std()
    chosen = RidgeCV(alphas=linear_fits.RIDGE_PENALTIES * 60)
    chosen.fit(features[drawn], labels[drawn] / scale, sample_weight=weights[drawn])
    expected = Ridge(chosen.alpha_ / 60 * 400).fit(features, labels / scale, sample_weight=weights)
    _, coefficients = linear_fits.ridge(features, labels, weights, random_seed=7)
    np.testing.assert_allclose(coefficients, expected.coef_ * scale, rtol=1e-9)
    monkeypatch.undo()
    assert not np.allclose(linear_fits.ridge(features, labels, weights)[1], coefficients, rtol=1e-3)


def test_ridge_takes_the_penalty_with_the_smallest_leave_one_out_error():
    rows = make_rows(40, feature_count=20)
    features, labels = features_of(rows), rows["label_order_count"].to_numpy()
    errors = {}
    for penalty in linear_fits.RIDGE_PENALTIES * len(labels):
        left_out = [
            labels[row] - Ridge(penalty).fit(np.delete(features, row, 0), np.delete(labels, row)).predict(features[[row]])[0]
            for row in range(len(labels))
        ]
        errors[penalty] = np.mean(np.square(left_out))
    expected = Ridge(min(errors, key=errors.get)).fit(features, labels)
    intercept, coefficients = linear_fits.ridge(features, labels, np.ones(len(labels)))
    np.testing.assert_allclose(coefficients, expected.coef_, rtol=1e-7)
    np.testing.assert_allclose(intercept, expected.intercept_, rtol=1e-7)


def test_elastic_net_drops_features_that_say_nothing():
    rows = make_rows(2000, feature_count=12)
    labels = rows["label_order_count"].to_numpy()
    intercept, coefficients = linear_fits.elastic_net(features_of(rows), labels, np.ones(len(labels)))
    useless = coefficients[2:]
    assert (useless == 0).sum() >= 5
    assert np.abs(useless).max() < 0.1 < np.abs(coefficients[:2]).min()
    assert np.sign(coefficients[:2]).tolist() == [1, -1]
    predictions = features_of(rows) @ coefficients + intercept
    assert predictions.mean() == pytest.approx(rows["label_order_count"].mean())


@pytest.mark.parametrize("fit", [linear_fits.ridge, linear_fits.elastic_net])
def test_penalties_mean_the_same_in_every_currency(rows, fit):
    features, labels = features_of(rows), rows["label_net_revenue"].to_numpy()
    weights = linear_fits.row_weights(features, labels)
    np.testing.assert_allclose(linear_fits.row_weights(features, labels * 1e6), weights, rtol=1e-6)
    np.testing.assert_allclose(
        fit(features, labels * 1e6, weights)[1], fit(features, labels, weights)[1] * 1e6, rtol=1e-6
    )


def test_rows_weigh_in_inverse_proportion_to_what_is_expected_of_them():
    """Amounts of a Poisson kind, 10 to 1,000 on average, of which one feature tells all."""
    random = np.random.default_rng(3)
    expected = np.exp(random.uniform(np.log(10), np.log(1000), 4000))
    labels = random.poisson(expected).astype(float)
    weights = linear_fits.row_weights((expected[:, None] - expected.mean()) / expected.std(), labels)
    truth = 1 / (expected + 0.05 * labels.mean())
    assert weights.mean() == pytest.approx(1)
    np.testing.assert_allclose(weights, truth / truth.mean(), rtol=0.1)


def test_returns_do_not_let_rows_of_nothing_outweigh_all_others():
    labels = np.array([-5.0, -3.0, -9.0, *[0.0] * 9])
    weights = linear_fits.row_weights(np.arange(12.0)[:, None], labels)
    assert weights.mean() == pytest.approx(1) and weights.max() / weights.min() < 100
    assert linear_fits.ridge(np.zeros((12, 1)), labels, weights)[0] == pytest.approx(np.average(labels, weights=weights))


def test_a_few_large_accounts_do_not_decide_for_everybody():
    """One in a hundred spends a thousand times as much, by a rhythm of their own that no feature tells."""
    random = np.random.default_rng(5)
    is_large = np.arange(5000) % 100 == 0
    habit = random.normal(0, 1, (5000, 6))
    size = np.where(is_large, 30_000.0, 0.0)
    usual = 20 + 5 * habit[:, 0]
    labels = np.where(is_large, size * random.gamma(4, 0.25, 5000), np.maximum(usual + random.normal(0, 10, 5000), 0))
    features = np.column_stack([habit, size / size.std()])
    others = {}
    for name, weights in [("alike", np.ones(5000)), ("weighed", linear_fits.row_weights(features, labels))]:
        intercept, coefficients = linear_fits.ridge(features, labels, weights)
        predictions = np.maximum(features @ coefficients + intercept, 0)
        others[name] = np.sqrt(np.mean((predictions - labels)[~is_large] ** 2))
        assert predictions[is_large].sum() / labels[is_large].sum() == pytest.approx(1, abs=0.1), name
    assert others["weighed"] < 0.25 * others["alike"]
    assert others["weighed"] < 1.2 * labels[~is_large].std()


def test_each_fit_learns_from_its_own_windows(rows):
    fits = linear_fits.fit_all(rows)
    for fit_name, splits in linear_fits.FIT_SPLITS.items():
        part = rows[rows["split"].isin(splits)]
        expected = LinearRegression().fit(features_of(part), part["label_order_count"])
        found = coefficients_of(fits, "order_count", fit_name)
        np.testing.assert_allclose(found.drop("intercept"), expected.coef_, rtol=1e-9)
        assert set(fits.loc[fits["fit_name"] == fit_name, "row_count"]) == {len(part)}


def test_a_target_is_learnt_from_its_own_population(rows):
    outside = rows["label_order_count"] == 0
    rows.loc[outside, "label_net_revenue"] = np.nan
    fits = linear_fits.fit_all(rows)
    counts = fits[fits["fit_name"] == "serve"].groupby("target_name")["row_count"].first().to_dict()
    assert counts == {"order_count": 400, "net_revenue": 400 - outside.sum(), "will_order": 400}
    expected = LinearRegression().fit(features_of(rows[~outside]), rows.loc[~outside, "label_net_revenue"])
    found = coefficients_of(fits, "net_revenue", "serve").drop("intercept")
    np.testing.assert_allclose(found, expected.coef_, rtol=1e-9)


@pytest.mark.parametrize("outside", [["train", "validation", "test"], ["train", "validation"]])
def test_a_target_without_a_population_before_test_has_no_fit(rows, outside):
    rows.loc[rows["split"].isin(outside), "label_net_revenue"] = np.nan
    assert set(linear_fits.fit_all(rows)["target_name"]) == {"order_count", "will_order"}


def test_both_solvers_give_the_same_table(rows):
    exact, descended = linear_fits.fit_all(rows, "closed_form"), linear_fits.fit_all(rows, "gradient_descent")
    pd.testing.assert_frame_equal(exact, descended, rtol=1e-8)
    with pytest.raises(ValueError, match="closed_form, gradient_descent"):
        linear_fits.fit_all(rows, "magic")


def test_table_is_typed_complete_and_repeatable(rows):
    fits = linear_fits.fit_all(rows)
    assert list(fits.columns) == COLUMNS
    assert len(fits) == (3 + 3 + 1) * 3 * 5
    assert set(fits.loc[fits["target_name"] == "will_order", "model_name"]) == {"logistic_regression"}
    assert set(fits.loc[fits["target_name"] != "will_order", "model_name"]) == set(AMOUNT_MODELS)
    assert not fits.duplicated(["target_name", "model_name", "fit_name", "feature_name"]).any()
    shares = fits.groupby(["target_name", "model_name", "fit_name"])["importance"].sum()
    np.testing.assert_allclose(shares, 1)
    pd.testing.assert_frame_equal(fits, linear_fits.fit_all(rows.copy()), check_exact=True)


def test_no_rows_give_no_rows_of_the_same_types(rows):
    empty, full = linear_fits.fit_all(rows.iloc[:0]), linear_fits.fit_all(rows)
    assert len(empty) == 0
    assert list(empty.columns) == COLUMNS
    for column in ("as_of_date", "coefficient", "importance", "row_count"):
        assert empty[column].dtype == full[column].dtype


def test_rows_of_the_test_window_alone_give_no_fit(rows):
    assert linear_fits.fit_all(rows[rows["split"] == "test"]).empty


@pytest.mark.parametrize("linear_solver", ["closed_form", "gradient_descent"])
def test_one_row_predicts_its_own_label(linear_solver):
    fits = linear_fits.fit_all(make_rows(1), linear_solver)
    assert set(fits["target_name"]) == {"order_count", "net_revenue"}
    for model_name in AMOUNT_MODELS:
        chosen = coefficients_of(fits, "order_count", "choose", model_name)
        assert chosen["intercept"] == make_rows(1)["label_order_count"].iloc[0]
        assert (chosen.drop("intercept") == 0).all()


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_one_class_gives_no_logistic_fit(rows, label):
    rows["label_will_order"] = label
    assert set(linear_fits.fit_all(rows)["target_name"]) == {"order_count", "net_revenue"}


@pytest.mark.parametrize("label", [0.0, -25.0, 29.99, 1e12])
def test_equal_amounts_are_predicted_as_they_are(rows, label):
    rows["label_net_revenue"] = label
    fits = linear_fits.fit_all(rows)
    for model_name in AMOUNT_MODELS:
        served = coefficients_of(fits, "net_revenue", "serve", model_name)
        assert served["intercept"] == pytest.approx(label)
        np.testing.assert_allclose(served.drop("intercept"), 0, atol=1e-9 * max(1, abs(label)))


@pytest.mark.parametrize("linear_solver", ["closed_form", "gradient_descent"])
def test_a_constant_feature_gets_no_weight(rows, linear_solver):
    rows["feature_f1"] = 0.0
    fits = linear_fits.fit_all(rows, linear_solver)
    found = fits.loc[fits["feature_name"] == "f1", ["coefficient", "importance"]].to_numpy()
    np.testing.assert_allclose(found, 0, atol=1e-12)


@pytest.mark.parametrize("linear_solver", ["closed_form", "gradient_descent"])
def test_equal_features_share_their_weight(rows, linear_solver):
    rows["feature_f4"] = rows["feature_f0"]
    fits = linear_fits.fit_all(rows, linear_solver)
    for target_name in ("order_count", "net_revenue", "will_order"):
        for model_name in AMOUNT_MODELS[:2] if target_name != "will_order" else ["logistic_regression"]:
            found = coefficients_of(fits, target_name, "serve", model_name)
            assert found["f0"] == pytest.approx(found["f4"], rel=1e-6)


@pytest.mark.parametrize("linear_solver", ["closed_form", "gradient_descent"])
def test_fewer_rows_than_features_stay_finite(linear_solver):
    fits = linear_fits.fit_all(make_rows(9, feature_count=30), linear_solver)
    assert np.isfinite(fits["coefficient"]).all()
    assert fits["coefficient"].abs().max() < 2000


@pytest.mark.parametrize("linear_solver", ["closed_form", "gradient_descent"])
def test_an_extreme_spender_stays_finite(rows, linear_solver):
    rows.loc[0, ["label_net_revenue", "feature_f0"]] = [1e12, 300.0]
    fits = linear_fits.fit_all(rows, linear_solver)
    assert np.isfinite(fits["coefficient"]).all()


def test_a_feature_that_tells_buyers_apart_stays_finite(rows):
    rows["feature_f2"] = rows["label_will_order"] * 2 - 1
    found = coefficients_of(linear_fits.fit_all(rows), "will_order", "serve")
    assert 0 < found["f2"] < 20
