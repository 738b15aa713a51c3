"""One row per date, product and product it speaks for or against most: weights of a regression of products on products.

Each product's affinities over users are regressed on those of all other products at once (ridge, no product explains
itself), in closed form from the products' sums of squares alone: Steck 2019, "Embarrassingly shallow autoencoders for
sparse data" (EASE). Where two products are liked for the sake of a third, a cosine counts the liking twice, this once.
A weight below 0 says that who likes the one likes the other less than the rest of what they like would have it.
"""

import threading

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

# dbt may run two Python models at once, and an import of scikit-learn, or of SciPy by it, that meets another finds
# half a module.
with threading.__dict__.setdefault("scikit_learn_import", threading.RLock()):
    from scipy.linalg import cho_factor
    from scipy.linalg.lapack import dpotri

LEAST_WEIGHT = 1e-6

COLUMNS = {
    "as_of_date": "datetime64[us]", "product_number": "int64", "other_product_number": "int64", "weight": "float64",
}


def model(dbt, session):
    penalty = dbt.config.meta_get("regression_penalty_users")
    weight_count = dbt.config.meta_get("regression_weight_count")
    rows = dbt.ref("int_seg__product_regression_rows")
    dates = [row[0] for row in rows.project("as_of_date").distinct().order("as_of_date").fetchall()]
    fits = []
    # A date at a time: the pairs of one are all that memory holds.
    for date in dates:
        of_date = rows.filter(f"as_of_date = date '{date}'").project(
            "length_rank, other_length_rank, product_number, other_product_number, shared_affinity, user_count"
        )
        weights = fit(of_date.order("length_rank, other_length_rank").df(), penalty, weight_count)
        fits.append(weights.assign(as_of_date=pd.Timestamp(date)))
    found = pd.concat(fits) if fits else pd.DataFrame(columns=list(COLUMNS))
    return session.from_df(found[list(COLUMNS)].astype(COLUMNS))


def fit(rows: pd.DataFrame, penalty: float, weight_count: int) -> pd.DataFrame:
    """The largest weights of each product, of either sign, long.

    rows: columns length_rank and other_length_rank (1 and more, symmetric pairs once), product_number,
        other_product_number, shared_affinity and user_count; each product has a row with itself.
    penalty: ridge penalty in users of mean squared affinity, above 0.
    weight_count: weights kept per product. Without those below 0 all that is popular would gain from everything.
    """
    size = int(rows["length_rank"].max()) if len(rows) else 0
    if size < 2:
        return pd.DataFrame(columns=["product_number", "other_product_number", "weight"])
    first, second = (rows[name].to_numpy() - 1 for name in ("length_rank", "other_length_rank"))
    gram = np.zeros((size, size))
    gram[first, second] = gram[second, first] = rows["shared_affinity"]
    with_itself = rows[rows["length_rank"] == rows["other_length_rank"]].sort_values("length_rank")
    numbers = with_itself["product_number"].to_numpy()
    unit = with_itself["shared_affinity"].sum() / with_itself["user_count"].sum()

    gram[np.diag_indices(size)] += penalty * unit
    # One thread: another number of threads adds up in another order.
    with threadpool_limits(1):
        # The inverse of a symmetric matrix in place: a third of the work of solving for the unit matrix.
        precision, _ = dpotri(cho_factor(gram, lower=True, overwrite_a=True)[0], lower=True, overwrite_c=True)
    precision = np.tril(precision)
    precision += np.tril(precision, -1).T
    weights = -precision / np.diag(precision)
    weights[np.diag_indices(size)] = 0.0

    # Sorted are those alone that are no less than the last one kept: all of 3,000 x 3,000 took 1.5 s.
    kept = min(weight_count, size)
    sizes = np.round(np.abs(weights), 9)
    least = np.partition(sizes, size - kept, axis=1)[:, [size - kept]]
    rows, places = np.nonzero((sizes >= least) & (sizes > LEAST_WEIGHT))
    # Ties go to the product that more users know.
    order = np.lexsort((places, -sizes[rows, places], rows))
    rows, places = rows[order], places[order]
    found = pd.DataFrame({
        "product_number": numbers[rows], "other_product_number": numbers[places], "weight": weights[rows, places],
    })
    return found.groupby("product_number", sort=False).head(kept)
