"""What the steps of the peer share."""

import json
import time
from pathlib import Path

import numpy as np
import pandas as pd

HORIZON_DAYS = 90
TRAINING_DATES = 3
SEED = 42
EVENT_TYPES = ["view", "click", "search", "cart_add", "cart_remove", "wishlist", "checkout", "purchase"]
MAX_TRAINING_ROWS = 200_000
REFERENCE = Path(__file__).resolve().parents[3] / "seeds" / "reference"


class Report:
    """When each step began and ended, and what came out."""

    def __init__(self, out: Path):
        self.out, self.steps, self.counts = out, [], {}

    def step(self, name, function, *arguments):
        started = time.time()
        result = function(*arguments, self)
        self.steps.append({"step": name, "started": started, "ended": time.time()})
        return result

    def write(self, name: str, frame: pd.DataFrame) -> None:
        frame.to_parquet(self.out / f"{name}.parquet", index=False, compression="snappy")

    def save(self) -> None:
        content = {"steps": self.steps, "counts": {name: float(value) for name, value in self.counts.items()}}
        (self.out / "report.json").write_text(json.dumps(content, indent=1), encoding="utf-8")


def day_number(times: pd.Series) -> np.ndarray:
    return times.to_numpy().astype("datetime64[D]").astype("int32")


def as_date(days: pd.Series) -> np.ndarray:
    return np.asarray(days).astype("datetime64[D]").astype("datetime64[s]")


def ratio(numerator, denominator) -> np.ndarray:
    numerator, denominator = np.asarray(numerator, float), np.asarray(denominator, float)
    result = np.full(len(numerator), np.nan)
    return np.divide(numerator, denominator, out=result, where=denominator != 0)
