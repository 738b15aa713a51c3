"""Principal components and the discriminant against their closed forms, and on rows that a shop may well have."""

import ml_seg__component_fits as component_fits
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score


def make_rows(row_count, feature_count=8, seed=7):
    random = np.random.default_rng(seed)
    features = random.normal(size=(row_count, 3)) @ random.normal(size=(3, feature_count))
    features += 0.3 * random.normal(size=(row_count, feature_count))
    rows = pd.DataFrame(features, columns=[f"feature_f{number}" for number in range(feature_count)])
    rows["will_order"] = (features[:, 0] + random.normal(size=row_count) > 0).astype(int)
    return rows


def features_of(rows):
    return rows.filter(like="feature_").to_numpy()


def projections(fits, rows, method):
    """Row by component: intercept + sum of loading x feature."""
    wide = fits[fits["method"] == method].pivot_table(
        index="component_number", columns="feature_name", values="loading"
    )
    names = [column.removeprefix("feature_") for column in rows.filter(like="feature_")]
    return features_of(rows) @ wide[names].to_numpy().T + wide["intercept"].to_numpy()


def test_components_are_those_of_the_singular_value_decomposition():
    rows = make_rows(500)
    fits = component_fits.fit_all(rows)
    centred = features_of(rows) - features_of(rows).mean(axis=0)
    _, singular, directions = np.linalg.svd(centred, full_matrices=False)
    found = projections(fits, rows, "pca")
    for number in range(5):
        expected = centred @ directions[number]
        assert abs(np.corrcoef(found[:, number], expected)[0, 1]) == pytest.approx(1, abs=1e-9)
        np.testing.assert_allclose(np.abs(found[:, number]), np.abs(expected), atol=1e-9)
    shares = fits[fits["method"] == "pca"].groupby("component_number")["explained_variance_share"].first()
    np.testing.assert_allclose(shares, (singular**2 / (singular**2).sum())[:5], rtol=1e-9)


def test_the_largest_loading_of_a_component_is_positive():
    fits = component_fits.fit_all(make_rows(300))
    loadings = fits[(fits["method"] == "pca") & (fits["feature_name"] != "intercept")]
    for _, group in loadings.groupby("component_number"):
        assert group.loc[group["loading"].abs().idxmax(), "loading"] > 0


def test_the_discriminant_is_fishers_direction_where_rows_are_many():
    rows = make_rows(20_000)
    features, classes = features_of(rows), rows["will_order"].to_numpy()
    within = sum(np.cov(features[classes == one].T, bias=True) * (classes == one).mean() for one in (0, 1))
    direction = np.linalg.solve(within, features[classes == 1].mean(axis=0) - features[classes == 0].mean(axis=0))
    found = projections(component_fits.fit_all(rows), rows, "lda")[:, 0]
    # Shrinking the covariance turns the direction a little.
    assert np.corrcoef(found, features @ direction)[0, 1] > 0.999
    assert found.mean() == pytest.approx(0, abs=1e-9) and found.std() == pytest.approx(1)


UGLY = {
    "no rows": make_rows(0),
    "one row": make_rows(1),
    "fewer rows than features": make_rows(5),
    "one class": make_rows(50).assign(will_order=1),
    "constant": make_rows(50).assign(**{f"feature_f{number}": 0.0 for number in range(8)}),
    "one constant feature": make_rows(50).assign(feature_f3=0.0),
    "equal features": make_rows(50).assign(feature_f3=lambda rows: rows["feature_f0"]),
    "a huge value": make_rows(50).assign(feature_f0=lambda rows: rows["feature_f0"].where(rows.index > 0, 1e9)),
}


@pytest.mark.parametrize("rows", UGLY.values(), ids=UGLY.keys())
def test_ugly_rows_give_finite_loadings_or_none(rows):
    fits = component_fits.fit_all(rows)
    assert list(fits.columns) == list(component_fits.COLUMNS)
    assert np.isfinite(fits["loading"]).all()
    assert fits["explained_variance_share"].between(0, 1 + 1e-9).all()
    assert fits.dtypes.equals(component_fits.fit_all(make_rows(100)).dtypes)
    pd.testing.assert_frame_equal(fits, component_fits.fit_all(rows), check_exact=True)


def test_sql_projects_the_demo_store_as_numpy_does(demo_store):
    scaled = demo_store.sql("""
        select * from int_seg__prediction_features where split = 'scoring' and horizon_days = 90 order by user_id
    """).df()
    components = demo_store.sql("select * from seg__components").df()
    for name, method, number in [("component_1", "pca", 1), ("component_5", "pca", 5), ("discriminant_1", "lda", 1)]:
        chosen = components[(components["method"] == method) & (components["component_number"] == number)]
        loadings = chosen.set_index("feature_name")["loading"]
        names = [feature for feature in loadings.index if feature != "intercept"]
        expected = scaled[names].to_numpy() @ loadings[names].to_numpy() + loadings["intercept"]
        np.testing.assert_allclose(scaled[name], expected, atol=1e-9)


def test_the_discriminant_tells_buyers_from_others_in_the_unseen_window(demo_store):
    rows = demo_store.sql("""
        select features.discriminant_1, targets.actual
        from int_seg__prediction_features as features
        inner join int_seg__prediction_targets as targets using (horizon_days, user_id, as_of_date)
        where targets.target_name = 'will_order' and targets.split = 'test'
    """).df()
    assert roc_auc_score(rows["actual"], rows["discriminant_1"]) > 0.75
