"""The steps of peer.py in Polars."""

from peers.with_polars.clean import clean
from peers.with_polars.columns import write_table
from peers.with_polars.features import add_features
from peers.with_polars.predictions import predict
from peers.with_polars.profiles import write_profiles
from peers.with_polars.recommendations import recommend
from peers.with_polars.segments import segment

__all__ = ["add_features", "clean", "predict", "recommend", "segment", "write_profiles", "write_table"]
