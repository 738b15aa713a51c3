"""The shops whose segments are measured, and the runs of each: a first day, the next day, and that day on bootstraps."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from cut_shops import BareShop, Shop, cleaned_inputs, complete_journey, generated, online_retail

BOOTSTRAP_COUNT = 3
MAX_TRAINING_ROWS = 20_000  # so that the largest shop is fitted on a weighted sample, as a shop of millions is
THEME = "+ecommerce_segmentation.marts.segments"
# Every row that the package accepted, as inputs; the ids of each that a user's copy must not share.
ROWS = {
    "events": ("seg__events where source_input = 'events'", ["event_id", "session_id"]),
    "order_lines": ("seg__order_lines where source_input = 'order_lines'", ["order_line_id", "order_id"]),
    "products": ("int_seg__products_kept", None),
    "users": ("int_seg__users_kept", []),
    "reviews": ("int_seg__reviews_kept", ["review_id"]),
    "campaign_touches": ("int_seg__campaign_touches_kept", ["touch_id"]),
}
SHOPS = {
    "online_retail": online_retail,
    "complete_journey": complete_journey,
    "demo": generated("Demo store", 42, 2_000, days=500, products=240),
    "generated_1": generated("10,000 generated", 7, 10_000),
    "generated_2": generated("50,000 generated", 2024, 50_000),
}


@dataclass
class Runs:
    # The DuckDB file as each run left it; each of the bootstraps was built on a copy of the first.
    first: Path
    bootstraps: list[Path]
    # The segments' own share of a run that fits and of one that only scores.
    fit_seconds: float
    score_seconds: float


def run_days(shop: Shop, folder: Path) -> Runs:
    """Fit on the day after the last row, score the users of the next day, fit that day anew on bootstraps."""
    with duckdb.connect(str(shop.database), read_only=True) as connection:
        inputs = cleaned_inputs(connection, folder, {name: rows for name, (rows, _) in ROWS.items()})
        first_day = connection.execute("""
            select cast(max(last_date) as date) + 1 from (
                select max(order_date) as last_date from seg__order_lines
                union all select max(event_date) from seg__events
            )
        """).fetchall()[0][0]
        user_ids = [row[0] for row in connection.execute("select user_id from int_seg__users order by 1").fetchall()]
    next_day = first_day + timedelta(days=1)
    bare = BareShop(folder / "segments")
    first = bare.database("first")

    def run(name, rows, as_of_date, policy):
        if first.exists():
            bare.lay(name, first)
        settings = {"as_of_date": str(as_of_date), "refit_policy": policy, "horizon_days": shop.horizon_days,
                    "max_training_rows": MAX_TRAINING_ROWS}
        settings = {f"seg__{key}": value for key, value in settings.items()}
        return bare.build(name, rows, settings, select=[THEME])

    run("first", inputs, first_day, "auto")
    run("next", inputs, next_day, "never")
    bootstraps = [
        run(f"bootstrap_{number}", bootstrapped(inputs, user_ids, number, folder / "draws.parquet"), next_day, "always")
        for number in range(BOOTSTRAP_COUNT)
    ]
    return Runs(
        first, bootstraps, theme_seconds(bare.target("first")), theme_seconds(bare.target("next"))
    )


def bootstrapped(inputs: dict[str, str], user_ids: list[str], seed: int, file: Path) -> dict[str, str]:
    """The inputs of as many users, drawn with replacement: each stands there nought, one or more times.

    The first time under the own id; each further time everything of the user is there again under ids of its own.
    """
    drawn = pd.DataFrame({"drawn_id": np.random.default_rng(seed).choice(user_ids, len(user_ids))})
    drawn["prefix"] = drawn.groupby("drawn_id").cumcount().map(lambda number: f"copy {number} of " if number else "")
    duckdb.from_df(drawn.astype("string")).write_parquet(str(file))
    selects = {}
    for name, rows in inputs.items():
        ids = ROWS[name][1]
        if ids is None:
            selects[name] = rows
            continue
        renamed = ", ".join(f"prefix || {column} as {column}" for column in ["user_id", *ids])
        selects[name] = f"""
            select * exclude (drawn_id, prefix) replace ({renamed})
            from ({rows}) as rows inner join '{file}' as draws on rows.user_id = draws.drawn_id
        """
    return selects


def theme_seconds(target: Path) -> float:
    """Execution time of the last run's models of segments, and of the Python models that they read."""
    nodes = json.loads((target / "manifest.json").read_text())["nodes"]
    theme = {name for name, node in nodes.items() if "segments" in node["fqn"] and node["resource_type"] == "model"}
    fits = {
        parent for name in theme for parent in nodes[name]["depends_on"]["nodes"]
        if parent in nodes and nodes[parent].get("language") == "python"
    }
    results = json.loads((target / "run_results.json").read_text())["results"]
    return sum(result["execution_time"] for result in results if result["unique_id"] in theme | fits)
