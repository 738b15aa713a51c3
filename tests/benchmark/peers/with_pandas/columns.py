"""What the steps do to columns and tables."""

from pathlib import Path

import numpy as np
import pandas as pd


def write_table(frame: pd.DataFrame, path: Path) -> None:
    frame.to_parquet(path, index=False, compression="snappy")


def day_number(times: pd.Series) -> np.ndarray:
    return times.to_numpy().astype("datetime64[D]").astype("int32")


def as_date(days: pd.Series) -> np.ndarray:
    return np.asarray(days).astype("datetime64[D]").astype("datetime64[s]")


def ratio(numerator, denominator) -> np.ndarray:
    numerator, denominator = np.asarray(numerator, float), np.asarray(denominator, float)
    result = np.full(len(numerator), np.nan)
    return np.divide(numerator, denominator, out=result, where=denominator != 0)
