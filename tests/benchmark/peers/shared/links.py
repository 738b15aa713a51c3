"""Which ids are one person's: connected components of the links between them."""

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components


def components(ends: np.ndarray, other_ends: np.ndarray, id_count: int) -> np.ndarray:
    """The number of its component for each id; ids are 0, 1, ..."""
    graph = coo_matrix((np.ones(len(ends)), (ends, other_ends)), shape=(id_count, id_count))
    return connected_components(graph, directed=False)[1]
