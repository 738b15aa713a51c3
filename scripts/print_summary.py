"""Print what a build found, from the marts of a DuckDB file, in a page of plain text.

    python scripts/print_summary.py seg.duckdb

Only reads. A mart that is not there is left out, an empty one is said to be empty, an unknown
number is a dash.
"""

import argparse
import math
import sys
import textwrap
from pathlib import Path

import duckdb
from readme_section import write_readme_section

WIDTH = 100
SEGMENTS_SHOWN = 12
SCHEMES_SHOWN = ["kmeans", "behaviour", "rfm"]  # the others are counted

# Per target the metric that is easiest to judge; which direction is better.
METRIC_CHOICE = ["auc", "rmse", "mae"]
HIGHER_IS_BETTER = {"auc", "accuracy", "r2"}

QUESTIONS = [
    ("seg__user_profiles", "Who is this user, in one row?", "user"),
    ("seg__user_segments", "Which segments is this user in?", "user x scheme"),
    ("seg__segments", "How big and valuable is each segment?", "scheme x segment"),
    ("seg__segment_rules", "Which rules tell the segments apart?", "scheme x rule"),
    ("seg__user_segment_reasons", "Why is this user in this segment?", "user x scheme x rank"),
    ("seg__segment_outcomes", "What did a segment's users do next?", "outcome x segment"),
    ("seg__segment_migrations", "Who moved from segment to segment?", "date x from x to"),
    ("seg__cohort_retention", "Do buyers come back, month by month?", "cohort x month"),
    ("seg__user_predictions", "Who will order, how much, how surely?", "user x target"),
    ("seg__model_choices", "Which model serves each target, and why?", "target"),
    ("seg__prediction_reasons", "Why does it say so of this user?", "user x target x rank"),
    ("seg__feature_importances", "What drives the predictions?", "target x feature"),
    ("seg__calibration", "Do the probabilities hold?", "model x decile"),
    ("seg__user_recommendations", "What to show or send this user, and why?", "user x rank"),
    ("seg__similar_products", "What else to show beside this product?", "product x method x rank"),
    ("seg__segment_recommendations", "What to show to a whole segment?", "segment x rank"),
    ("seg__recommendation_weights", "What speaks for a recommendation?", "strength"),
    ("seg__recommendation_feedback", "Do shown recommendations work?", "strategy x position"),
    ("seg__experiment_results", "Did the experiment work?", "experiment x metric"),
    ("seg__experiment_uplift", "Whom to treat?", "experiment x segment"),
    ("seg__user_features", "What did a user do up to a date?", "user x as-of date"),
    ("seg__orders", "What was ordered?", "order"),
    ("seg__input_quality", "Where did my input rows go?", "input"),
    ("seg__rejected_rows", "Which rows were rejected, and why?", "rejected row"),
]
SINGLES_SHOWN = 3


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("database", type=Path, help="DuckDB file that was built into")
    parser.add_argument("--readme", action="store_true", help="write it into README.md as well")
    arguments = parser.parse_args()
    database = arguments.database

    if not database.exists():
        print(f"{database} does not exist: build first", file=sys.stderr)
        return 1
    with duckdb.connect(str(database), read_only=True) as connection:
        text = summary(connection, database.name)
    print(text)
    if arguments.readme:
        write_readme_section("summary", f"```text\n{text}\n```")
    return 0


def summary(connection: duckdb.DuckDBPyConnection, title: str) -> str:
    """The whole text: one section per question, each empty where its mart is not there."""
    marts = Marts(connection)
    sections = [
        shop_section(marts, title),
        quality_section(marts),
        segment_section(marts),
        advice_section(marts),
        prediction_section(marts),
        recommendation_section(marts),
        experiment_section(marts),
        question_section(marts),
    ]
    return "\n\n".join(section for section in sections if section)


class Marts:
    """The marts of a database, whatever their schema."""

    def __init__(self, connection: duckdb.DuckDBPyConnection):
        self.connection = connection
        self.names = {
            name: f'"{schema}"."{name}"'
            for schema, name in connection.execute(
                "select table_schema, table_name from information_schema.tables"
                " where table_name like 'seg\\_\\_%' escape '\\' order by table_schema desc"
            ).fetchall()
        }

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def rows(self, name: str, query: str) -> list[tuple]:
        """The rows of the query, in which `{mart}` is the relation; none without the mart."""
        if name not in self:
            return []
        return self.connection.execute(query.format(mart=self.names[name])).fetchall()

    def value(self, name: str, query: str):
        rows = self.rows(name, query)
        return rows[0][0] if rows else None


def shop_section(marts: Marts, title: str) -> str:
    as_of_date = marts.value("seg__input_quality", "select max(as_of_date) from {mart}")
    user_count = marts.value(
        "seg__user_features",
        "select count(*) from {mart} where as_of_date = (select max(as_of_date) from {mart})",
    )
    # The marts of behaviour hold what is dated later, too.
    until = f"ordered_at < '{as_of_date}'" if as_of_date else "true"
    order_count = marts.value(
        "seg__orders", f"select count(*) from {{mart}} where not is_return and not is_cancelled and {until}"
    )
    net_revenue = marts.value("seg__orders", f"select sum(net_revenue) from {{mart}} where {until}")
    facts = [
        f"{whole(user_count)} users",
        f"{whole(order_count)} orders",
        f"net revenue {whole(net_revenue)}",
    ]
    return f"{title}, as of {as_of_date or '- (no rows)'}: {', '.join(facts)}"


def quality_section(marts: Marts) -> str:
    if "seg__input_quality" not in marts:
        return ""
    reasons = {
        input_name: f"{reason} ({whole(row_count)})"
        for input_name, reason, row_count in marts.rows(
            "seg__rejected_rows",
            "select input_name, reject_reason, count(*) as row_count from {mart}"
            " group by input_name, reject_reason order by row_count, reject_reason desc",
        )
    }
    rows = marts.rows(
        "seg__input_quality",
        "select input_name, received_count, kept_count, duplicate_count, rejected_count from {mart}"
        " where received_count > 0 order by received_count desc, input_name",
    )
    return section(
        "What came in (seg__input_quality)",
        ["input", ">received", ">kept", ">duplicates", ">rejected", "main reason"],
        [[name, *map(whole, counts), reasons.get(name, "")] for name, *counts in rows],
    )


def segment_section(marts: Marts) -> str:
    if "seg__segments" not in marts:
        return ""
    by_scheme: dict[str, list] = {}
    for scheme, *row in marts.rows(
        "seg__segments",
        "select scheme, coalesce(segment_name, segment_key), user_count, user_share, net_revenue,"
        " revenue_share"
        " from {mart} order by scheme, net_revenue desc nulls last, segment_key",
    ):
        by_scheme.setdefault(scheme, []).append(row)

    lines = []
    shown = [scheme for scheme in SCHEMES_SHOWN if scheme in by_scheme] or list(by_scheme)[:1]
    for scheme, rows in ((scheme, by_scheme[scheme]) for scheme in shown):
        for number, (name, user_count, user_share, net_revenue, revenue_share) in enumerate(
            rows[:SEGMENTS_SHOWN]
        ):
            lines.append(
                [
                    scheme if number == 0 else "",
                    name,
                    whole(user_count),
                    percent(user_share),
                    whole(net_revenue),
                    percent(revenue_share),
                    bar(revenue_share),
                ]
            )
        if len(rows) > SEGMENTS_SHOWN:
            lines.append(["", f"and {len(rows) - SEGMENTS_SHOWN} more", "", "", "", "", ""])
    text = section(
        "Who they are (seg__segments, seg__segment_features)",
        ["scheme", "segment", ">users", ">share", ">net revenue", ">share", ""],
        lines,
    )
    others = [f"{scheme} ({len(rows)})" for scheme, rows in by_scheme.items() if scheme not in shown]
    return text + (f"\n  also: {', '.join(others)}" if text and others else "")


def advice_section(marts: Marts) -> str:
    """What to do about the segments of the first scheme shown that has advice, the most valuable first."""
    rows = marts.rows(
        "seg__segments",
        "select scheme, coalesce(segment_name, segment_key), advice from {mart} where advice is not null"
        " order by net_revenue desc nulls last, segment_key",
    )
    scheme = next((scheme for scheme in SCHEMES_SHOWN if scheme in {row[0] for row in rows}), None)
    advised = [row[1:] for row in rows if row[0] == scheme][:SEGMENTS_SHOWN]
    lines = [wrapped(f"{name}: {advice}") for name, advice in advised]
    return "\n".join([f"What to do about them ({scheme}, seg__segments.advice)", *lines]) if lines else ""


def prediction_section(marts: Marts) -> str:
    if "seg__model_metrics" not in marts and "seg__model_choices" not in marts:
        return ""
    horizon_days = marts.value(
        "seg__user_predictions", "select max(horizon_days) from {mart} where target_name = 'order_count'"
    )
    metrics: dict[str, dict[str, list]] = {}
    for target, metric, *row in marts.rows(
        "seg__model_metrics",
        "select target_name, metric_name, model_name, metric_value, is_baseline, is_champion,"
        " row_count from {mart}"
        " where split = 'test' order by target_name, metric_name, model_name",
    ):
        metrics.setdefault(target, {}).setdefault(metric, []).append(row)

    lines = []
    for target, by_metric in metrics.items():
        metric = next((name for name in METRIC_CHOICE if name in by_metric), None)
        if metric is None:
            continue
        champion = best(metric, [row for row in by_metric[metric] if row[3]])
        baseline = best(metric, [row for row in by_metric[metric] if row[2]])
        lines.append(
            [
                target,
                metric,
                champion[0],
                decimals(champion[1]),
                baseline[0],
                decimals(baseline[1]),
                gain(metric, champion[1], baseline[1]),
                whole(champion[4]),
            ]
        )
    text = section(
        f"What they will do in the next {horizon_days or '-'} days (lifetime value: 12 months), measured on the latest "
        "unseen window (seg__model_metrics)",
        ["target", "metric", "serves", ">value", "best baseline", ">value", ">gain", ">users"],
        lines,
    )
    # A short history has one reason for all targets.
    for targets, reason in marts.rows(
        "seg__model_choices",
        "select string_agg(target_name, ', ' order by target_name) as targets, reason from {mart}"
        " group by reason order by targets",
    ):
        text += "\n" + wrapped(f"{targets}: {reason or '-'}")
    return text


def recommendation_section(marts: Marts) -> str:
    if "seg__recommendation_metrics" not in marts:
        return ""
    cells: dict[tuple, dict[str, tuple]] = {}
    for repeats_allowed, strategy, is_baseline, metric, *row in marts.rows(
        "seg__recommendation_metrics",
        "select repeats_allowed, strategy, is_baseline, metric_name, metric_value, interval_low,"
        " interval_high, user_count from {mart}"
        " where user_group = 'all' and k = 10 and metric_name in ('ndcg', 'hit_rate', 'coverage')"
        " order by repeats_allowed desc, is_baseline, strategy",
    ):
        cells.setdefault((repeats_allowed, strategy, is_baseline), {})[metric] = tuple(row)
    cells = {key: cells[key] for key in notable(cells)}

    lines = []
    nothing = (None, None, None, None)
    for (repeats_allowed, strategy, is_baseline), by_metric in cells.items():
        ndcg, low, high, user_count = by_metric.get("ndcg", nothing)
        lines.append(
            [
                "yes" if repeats_allowed else "no",
                strategy,
                "baseline" if is_baseline else "",
                decimals(ndcg),
                f"{decimals(low)} - {decimals(high)}",
                percent(by_metric.get("hit_rate", nothing)[0]),
                percent(by_metric.get("coverage", nothing)[0]),
                whole(user_count),
            ]
        )
    return section(
        "What to show them: lists of 10, measured on the latest unseen window "
        "(seg__recommendation_metrics)",
        [
            "repeats",
            "strategy",
            "",
            ">ndcg",
            ">95 % interval",
            ">users hit",
            ">products shown",
            ">users",
        ],
        lines,
    )


def notable(cells: dict[tuple, dict[str, tuple]]) -> list[tuple]:
    """The blend, the best single strategies and the baselines, the better first."""
    kept = []
    for mode in dict.fromkeys(repeats_allowed for repeats_allowed, _, _ in cells):
        ranked = sorted(
            (key for key in cells if key[0] == mode), key=lambda key: (-(cells[key].get("ndcg", (0,))[0] or 0), key)
        )
        singles = [key for key in ranked if key[1] != "personal" and not key[2]][:SINGLES_SHOWN]
        kept += [key for key in ranked if key[1] == "personal" or key[2] or key in singles]
    return kept


def experiment_section(marts: Marts) -> str:
    if "seg__experiment_results" not in marts:
        return ""
    lines = [
        [
            experiment, variant, metric, whole(user_count), decimals(control_mean), decimals(difference),
            f"{decimals(low)} to {decimals(high)}", decimals(p_value),
        ]
        for experiment, variant, metric, user_count, control_mean, difference, low, high, p_value in marts.rows(
            "seg__experiment_results",
            "select experiment_id, variant, metric, user_count + control_user_count, control_mean, cuped_difference,"
            " cuped_difference_low, cuped_difference_high, adjusted_p_value from {mart}"
            " where scheme = 'all' and metric in ('conversion', 'revenue') order by 1, 2, 3",
        )
    ]
    if not lines:
        return ""
    return section(
        "What worked: experiments against their control, less what was to be expected of users before (CUPED); p "
        "corrected for many metrics (seg__experiment_results)",
        ["experiment", "variant", "metric", ">users", ">control", ">difference", ">95 % interval", ">p"],
        lines,
    )


def question_section(marts: Marts) -> str:
    rows = [
        [question, mart, f"per {grain}"] for mart, question, grain in QUESTIONS if mart in marts
    ]
    return section("Where to look next", ["question", "mart", "rows"], rows) if rows else ""


def best(metric: str, rows: list[list]) -> list:
    """The row with the best value (its second item), the first among equals; a dash without any."""
    known = [row for row in rows if is_known(row[1])]
    if not known:
        return ["-", None, None, None, None]
    sign = -1 if metric in HIGHER_IS_BETTER else 1
    return min(known, key=lambda row: sign * row[1])


def gain(metric: str, value, baseline) -> str:
    """How much better than the baseline: points of a score, or the share of the error saved."""
    if not is_known(value) or not is_known(baseline):
        return "-"
    if metric in HIGHER_IS_BETTER:
        return f"{value - baseline:+.3f}"
    return f"{(baseline - value) / baseline:+.1%}" if baseline else "-"


def section(title: str, header: list[str], rows: list[list[str]]) -> str:
    """A titled table of at most WIDTH columns; a header with '>' aligns its column to the right."""
    if not rows:
        return f"{title}\n  (empty)"
    names = [name.lstrip(">") for name in header]
    widths = [max(len(row[column]) for row in [names, *rows]) for column in range(len(names))]
    # The widest left-aligned column gives way.
    excess = 2 + sum(widths) + 2 * (len(widths) - 1) - WIDTH
    if excess > 0:
        left_aligned = [
            column for column in range(len(names)) if not header[column].startswith(">")
        ]
        widest = max(left_aligned, key=lambda column: widths[column])
        widths[widest] = max(widths[widest] - excess, 8)

    def line(row: list[str]) -> str:
        cells = [
            shortened(cell, width).rjust(width)
            if name.startswith(">")
            else shortened(cell, width).ljust(width)
            for cell, width, name in zip(row, widths, header, strict=True)
        ]
        return ("  " + "  ".join(cells)).rstrip()

    return "\n".join([wrapped(title, indent=""), line(names), *map(line, rows)])


def wrapped(text: str, indent: str = "  ") -> str:
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent + "  ")


def shortened(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def is_known(value) -> bool:
    return value is not None and not (isinstance(value, float) and not math.isfinite(value))


def whole(value) -> str:
    return f"{value:,.0f}" if is_known(value) else "-"


def decimals(value) -> str:
    if not is_known(value):
        return "-"
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.3f}"


def percent(value) -> str:
    return f"{value:.1%}" if is_known(value) else "-"


def bar(share, length: int = 20) -> str:
    return "#" * round(max(min(share, 1), 0) * length) if is_known(share) else ""


if __name__ == "__main__":
    sys.exit(main())
