"""The weighted sample that k-means is fitted on, drawn from the demo store as if there were too many users for it."""

import os
import subprocess

import numpy as np
import pytest
from shops import DBT, ROOT
from sklearn.cluster import KMeans

MAX_ROWS = 800


@pytest.fixture(scope="module")
def sample(demo_store, demo_database, tmp_path_factory):
    target = tmp_path_factory.mktemp("compiled")
    # An empty file of the same name: the store is open, and the name stands in the SQL.
    database = target / demo_database.name
    subprocess.run(
        [DBT, "--quiet", "compile", "--select", "int_seg__cluster_sample",
         "--vars", f"seg__max_training_rows: {MAX_ROWS}", "--target-path", target],
        cwd=ROOT, env={**os.environ, "SEG_DUCKDB_PATH": str(database), "DBT_PROFILES_DIR": str(ROOT)}, check=True,
        capture_output=True,
    )
    (compiled,) = target.glob("compiled/**/int_seg__cluster_sample.sql")
    return demo_store.sql(compiled.read_text()).df().sort_values("user_id")


@pytest.fixture(scope="module")
def users(demo_store):
    return demo_store.sql("select * from int_seg__cluster_features where has_been_seen order by user_id").df()


def points_of(rows):
    return rows[[name for name in rows.columns if name.startswith("scaled_")]].to_numpy()


def test_everybody_is_in_the_sample_where_all_fit_in(demo_store, users):
    whole = demo_store.sql("select user_id, weight from int_seg__cluster_sample order by user_id").df()
    assert whole["user_id"].tolist() == users["user_id"].tolist()
    assert (whole["weight"] == 1).all()


def test_weights_are_the_inverse_of_the_chances(sample, users):
    assert len(sample) == MAX_ROWS < len(users) / 2
    squared = (points_of(sample) ** 2).sum(axis=1)
    total = (points_of(users) ** 2).sum()
    chance = MAX_ROWS * (0.5 / len(users) + 0.5 * squared / total)
    assert sample["weight"].to_numpy() == pytest.approx(np.maximum(1 / chance, 1), rel=1e-6)


def test_weighted_rows_add_up_to_all_users(sample, users):
    weights = sample["weight"].to_numpy()
    assert weights.sum() == pytest.approx(len(users), rel=0.05)
    means = (points_of(sample) * weights[:, None]).sum(axis=0) / weights.sum()
    error = points_of(users).std(axis=0) / np.sqrt(MAX_ROWS)
    assert np.abs(means - points_of(users).mean(axis=0)).max() < 4 * error.max()


def test_clusters_of_the_sample_fit_all_users_nearly_as_well_as_their_own(sample, users):
    fitted = KMeans(6, n_init=10, random_state=0).fit(points_of(sample), sample_weight=sample["weight"])
    whole = KMeans(6, n_init=10, random_state=0).fit(points_of(users)).inertia_
    assert -fitted.score(points_of(users)) <= 1.03 * whole


def test_far_users_are_more_likely_to_be_drawn(sample, users):
    far = (points_of(users) ** 2).sum(axis=1)
    bound = np.quantile(far, 0.98)
    drawn = ((points_of(sample) ** 2).sum(axis=1) > bound).sum()
    assert drawn / (far > bound).sum() > 1.3 * MAX_ROWS / len(users)
