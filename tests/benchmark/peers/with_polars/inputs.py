"""Inputs judged and deduplicated, and where each of their rows goes."""

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from peers.shared.definitions import EARLIEST, NOW


class Inputs:
    def __init__(self, store: Path):
        self.store, self.rejected, self.quality = store, [], []
        self.erased = pl.Series("user_id", [], pl.String)

    def scan(self, name: str) -> pl.LazyFrame:
        return pl.scan_parquet(self.store / name / "*.parquet")

    def accepted(
        self,
        name: str,
        rows: pl.LazyFrame,
        key: str,
        conditions: dict[str, pl.Expr],
        users: tuple[str, ...] = ("user_id",),
    ) -> pl.DataFrame:
        """The rows that no condition rejects, one per key; the others are noted with their first reason."""
        is_erased = any_true(pl.col(user).is_in(self.erased.implode()) for user in users)
        is_rejected = any_true([is_erased, *conditions.values()])
        reasons = {"erased": is_erased, **conditions}
        reject_reason = pl.coalesce(pl.when(is_true).then(pl.lit(reason)) for reason, is_true in reasons.items())
        kept, rejected, received = pl.collect_all(
            [
                rows.filter(~is_rejected),
                rows.filter(is_rejected).select(
                    input_name=pl.lit(name), row_key=pl.when(~is_erased).then(key), reject_reason=reject_reason
                ),
                rows.select(pl.len()),
            ]
        )
        self.rejected.append(rejected)
        kept = one_per_key(kept, key)
        self.note(name, received.item(), kept.height, rejected.height)
        return kept

    def note(self, name: str, received_count: int, kept_count: int, rejected_count: int) -> None:
        self.quality.append(
            {
                "input_name": name,
                "received_count": received_count,
                "kept_count": kept_count,
                "duplicate_count": received_count - kept_count - rejected_count,
                "rejected_count": rejected_count,
            }
        )


def one_per_key(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    """Of rows with the same key the first by their content; only these are sorted."""
    is_doubled = rows[key].is_duplicated()
    if not is_doubled.any():
        return rows
    order = [column for column, of_type in rows.schema.items() if not of_type.is_nested() and column != key]
    doubled = rows.filter(is_doubled).sort(key, *order, nulls_last=True).unique(key, keep="first")
    return pl.concat([rows.filter(~is_doubled), doubled])


def any_true(conditions: Iterable[pl.Expr]) -> pl.Expr:
    """Where nothing is known, nothing is true."""
    return pl.any_horizontal(pl.lit(False), *conditions).fill_null(False)


def is_missing(text: str) -> pl.Expr:
    return pl.col(text).is_null() | (pl.col(text).str.strip_chars() == "")


def is_outside(number: str, low: float, high: float) -> pl.Expr:
    return ~pl.col(number).is_between(low, high)


def time_conditions(time: str) -> dict[str, pl.Expr]:
    return {
        "missing_time": pl.col(time).is_null(),
        "before_earliest_date": pl.col(time) < EARLIEST,
        "in_the_future": pl.col(time) >= NOW,
    }
