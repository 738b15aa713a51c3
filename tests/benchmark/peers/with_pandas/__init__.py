"""The steps of peer.py in pandas."""

from peers.with_pandas.clean import clean
from peers.with_pandas.columns import write_table
from peers.with_pandas.features import add_features
from peers.with_pandas.predictions import predict
from peers.with_pandas.profiles import write_profiles
from peers.with_pandas.recommendations import recommend
from peers.with_pandas.segments import segment

__all__ = ["add_features", "clean", "predict", "recommend", "segment", "write_profiles", "write_table"]
