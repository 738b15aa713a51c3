"""One row per modality, component and item: what product embeddings and users' texts are compressed to.

embedding: principal components of the products' embeddings; item_name is a dimension, loading its part in the
component. text: topics of what users write and search; item_name is a term, loading its weight in the topic (the
squares of a topic's add up to 1, but for loadings below 0.001, which are left out), item_weight the term's rarity.
component_share is the component's share of the variance that all of a modality's components explain together; topics
share alike.

Columns: modality, component_number, item_name, loading, item_weight (embedding: 1), component_share.
"""

import threading
import warnings

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

# dbt may run two Python models at once, and an import of scikit-learn that meets another finds half a module.
with threading.__dict__.setdefault("scikit_learn_import", threading.RLock()):
    from sklearn.decomposition import NMF, PCA
    from sklearn.exceptions import ConvergenceWarning

FEWEST_WRITERS = 30  # users with a text below which topics are made of chance
RELATIVE_TOLERANCE = 1e-9  # variance of a component, relative to the first, below which it is noise
LEAST_LOADING = 0.001  # of a topic of length 1; less is what the factorization leaves of terms of other topics
COLUMN_TYPES = {
    "modality": "string",
    "component_number": "int64",
    "item_name": "string",
    "loading": "float64",
    "item_weight": "float64",
    "component_share": "float64",
}


def model(dbt, session):
    embeddings = dbt.ref("int_seg__embedding_sample").order("product_id, dimension").df()
    texts = dbt.ref("int_seg__text_sample").order("user_id, term").df()
    component_count = dbt.config.meta_get("embedding_component_count")
    topic_count = dbt.config.meta_get("text_topic_count")
    random_seed = dbt.config.meta_get("random_seed")

    return session.from_df(content_components(embeddings, component_count, texts, topic_count, random_seed))


def content_components(
    embeddings: pd.DataFrame, component_count: int, texts: pd.DataFrame, topic_count: int, random_seed: int
) -> pd.DataFrame:
    """Learn both and return their loadings, long; no row of a modality that says too little.

    embeddings: product_id, dimension, value (each product's of length 1), ordered by both.
    texts: user_id, term, text_count, term_rarity, ordered by user and term.
    """
    with threadpool_limits(limits=1):  # the last digits would depend on the number of threads
        rows = embedding_components(embeddings, component_count) + text_topics(texts, topic_count, random_seed)
    return pd.DataFrame(rows, columns=list(COLUMN_TYPES)).astype(COLUMN_TYPES)


def embedding_components(embeddings: pd.DataFrame, component_count: int) -> list[tuple]:
    """Directions in which products differ most (Jolliffe 2002); the largest loading of each is positive."""
    wide = embeddings.pivot_table(index="product_id", columns="dimension", values="value", fill_value=0.0)
    points = wide.to_numpy(dtype=float)
    if len(points) < 2 or np.ptp(points, axis=0).max() <= RELATIVE_TOLERANCE:
        return []
    fitted = PCA(min(component_count, *points.shape), svd_solver="full").fit(points)
    kept = fitted.explained_variance_ > RELATIVE_TOLERANCE * fitted.explained_variance_[0]
    shares = fitted.explained_variance_[kept] / fitted.explained_variance_[kept].sum()
    return [
        ("embedding", number, str(dimension), loading, 1.0, share)
        for number, (direction, share) in enumerate(zip(fitted.components_[kept], shares, strict=True), start=1)
        for dimension, loading in zip(wide.columns, signed(direction), strict=True)
    ]


def signed(direction: np.ndarray) -> np.ndarray:
    return direction * np.sign(direction[np.abs(direction).round(9).argmax()])


def text_topics(texts: pd.DataFrame, topic_count: int, random_seed: int) -> list[tuple]:
    """Topics by non-negative factors of the users' TF-IDF, the heaviest first.

    A user's weight of a term is (1 + ln text_count) x term_rarity, every user's weights at length 1.
    Source: Lee & Seung 1999 (NMF); Salton & Buckley 1988 (TF-IDF).
    """
    weights = (1 + np.log(texts["text_count"].to_numpy(dtype=float))) * texts["term_rarity"].to_numpy(dtype=float)
    wide = texts.assign(weight=weights).pivot_table(index="user_id", columns="term", values="weight", fill_value=0.0)
    points = wide.to_numpy(dtype=float)
    points = points[points.sum(axis=1) > 0] if points.size else points
    if len(points) < FEWEST_WRITERS or points.shape[1] < 2:
        return []
    points = points / np.linalg.norm(points, axis=1, keepdims=True)
    count = min(topic_count, *points.shape)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = NMF(count, init="nndsvda", random_state=random_seed, max_iter=300).fit(points)
    lengths = np.linalg.norm(fitted.components_, axis=1)
    topics = fitted.components_[lengths > 0] / lengths[lengths > 0, None]
    strength = (points @ topics.T).sum(axis=0).round(6)
    order = sorted(range(len(topics)), key=lambda i: (-strength[i], *(-topics[i]).round(6)))
    rarity = texts.groupby("term")["term_rarity"].first()
    return [
        ("text", number, term, loading, rarity[term], 1 / len(topics))
        for number, i in enumerate(order, start=1)
        for term, loading in zip(wide.columns, topics[i], strict=True)
        if loading > LEAST_LOADING
    ]
