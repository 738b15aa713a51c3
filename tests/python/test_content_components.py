"""Components of embeddings and topics of texts against scikit-learn and planted topics."""

import ml_seg__content_components as content_components
import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA

TOPICS = [["dress", "size", "fit", "waist"], ["cable", "battery", "screen", "charger"], ["soil", "seeds", "pots", "garden"]]


def embeddings_of(points):
    points = np.asarray(points, dtype=float)
    points = points / np.linalg.norm(points, axis=1, keepdims=True)
    return points, pd.DataFrame(
        [(f"p{i:03d}", j + 1, value) for i, row in enumerate(points) for j, value in enumerate(row)],
        columns=["product_id", "dimension", "value"],
    )


def texts_of(user_count=120, seed=3):
    """Each user writes of one topic; everybody writes a little of everything."""
    rng = np.random.default_rng(seed)
    terms = [term for topic in TOPICS for term in topic]
    rows = []
    for i in range(user_count):
        own = rng.choice(TOPICS[i % 3], 3, replace=False)
        rows += [(f"u{i:03d}", term, int(rng.integers(1, 6)), 1.1) for term in own]
        rows += [(f"u{i:03d}", term, 1, 1.1) for term in rng.choice(terms, 1) if term not in own]
    return pd.DataFrame(rows, columns=["user_id", "term", "text_count", "term_rarity"]).sort_values(["user_id", "term"])


def learn(embeddings=None, texts=None, component_count=3, topic_count=3):
    none = embeddings_of(np.ones((1, 2)))[1].iloc[:0]
    return content_components.content_components(
        none if embeddings is None else embeddings, component_count,
        texts_of(0) if texts is None else texts, topic_count, 42,
    )


def test_components_are_principal_ones():
    points, embeddings = embeddings_of(np.random.default_rng(1).normal(size=(80, 6)) * [3, 2, 1, 1, 0.5, 0.1])
    rows = learn(embeddings)
    loadings = rows.pivot_table(index="component_number", columns="item_name", values="loading").to_numpy()
    direct = PCA(3, svd_solver="full").fit(points)
    assert np.abs(loadings @ direct.components_.T) == pytest.approx(np.eye(3), abs=1e-9)
    shares = rows.groupby("component_number")["component_share"].first().to_numpy()
    assert shares == pytest.approx(direct.explained_variance_ / direct.explained_variance_.sum())
    assert (loadings[np.arange(3), np.abs(loadings).argmax(axis=1)] > 0).all()


def test_topics_are_the_planted_ones():
    rows = learn(texts=texts_of())
    heaviest = rows.sort_values("loading", ascending=False).groupby("component_number")["item_name"].agg(
        lambda terms: set(terms[:4])
    )
    assert sorted(map(sorted, heaviest)) == sorted(map(sorted, TOPICS))
    lengths = rows.groupby("component_number")["loading"].apply(lambda loading: (loading**2).sum())
    assert lengths.to_numpy() == pytest.approx(np.ones(3), abs=1e-6)
    assert (rows["component_share"] == 1 / 3).all() and (rows["item_weight"] == 1.1).all()


def test_a_topic_holds_no_crumbs_of_other_topics():
    # One topic more than there are texts of: the factorization stops before what it takes away is nothing.
    rows = learn(texts=texts_of(45), topic_count=4)
    lengths = rows.groupby("component_number")["loading"].apply(lambda loading: (loading**2).sum())
    assert lengths.to_numpy() == pytest.approx(np.ones(len(lengths)), abs=1e-5)
    assert rows["loading"].min() >= content_components.LEAST_LOADING


def test_the_order_of_rows_changes_nothing():
    texts = texts_of()
    shuffled = texts.sample(frac=1, random_state=5)
    pd.testing.assert_frame_equal(learn(texts=texts), learn(texts=shuffled.sort_values(["user_id", "term"])))


def test_nothing_and_too_little_teach_nothing():
    empty = learn()
    assert empty.empty and empty.dtypes.astype(str).to_dict() == learn(texts=texts_of()).dtypes.astype(str).to_dict()
    assert learn(texts=texts_of(20)).empty, "twenty writers are too few"
    assert learn(embeddings_of(np.ones((40, 4)))[1]).empty, "products that are all alike"
    assert learn(embeddings_of(np.ones((1, 4)))[1]).empty, "a single product"


def test_there_are_no_more_components_than_dimensions():
    _, embeddings = embeddings_of(np.random.default_rng(1).normal(size=(30, 2)))
    rows = learn(embeddings, component_count=5)
    assert rows["component_number"].max() == 2
    assert rows.groupby("component_number")["component_share"].first().sum() == pytest.approx(1)
