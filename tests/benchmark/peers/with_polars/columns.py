"""What the steps do to columns and tables."""

from pathlib import Path

import polars as pl


def write_table(frame: pl.LazyFrame | pl.DataFrame, path: Path) -> None:
    frame.lazy().sink_parquet(path, compression="snappy")


def day_number(times: str) -> pl.Expr:
    return pl.col(times).dt.epoch("d").cast(pl.Int32).alias("day")


def ratio(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """Null, and no infinity, where nothing is counted."""
    return pl.when(denominator != 0).then(numerator / denominator)


def folded(text: pl.Expr) -> pl.Expr:
    """Without the spaces around it and without capitals."""
    return text.str.strip_chars().str.to_lowercase()


def flags(column: pl.Expr, names: list[str]) -> list[pl.Expr]:
    """<name>_count for each name: how many rows of the group have it."""
    return [(column == name).sum().cast(pl.Int32).alias(f"{name}_count") for name in names]
