"""The package's own lists for a shop that was cut: built through dbt, or read from a DuckDB file built elsewhere."""

import json
import time
from pathlib import Path

import duckdb
import pandas as pd
from cut_shops import BareShop

LISTS = "seg__user_recommendations"
REPEATS_VAR = "seg__recommend_repeats"
BUILD = "cut"


def build_lists(
    said: dict, folder: Path, changed: list[str] | None = None, vars: dict | None = None
) -> tuple[dict[str, pd.DataFrame], dict[str, float]]:
    """Per mode the lists and the seconds of the build: first with repeats, then what changes without them.

    said: what split.json says. The inputs are the rows before the cut and nothing else.
    changed: models of which a new version is built, with what comes of them, on the file that the last run left.
    vars: of the package, other than its defaults.
    """
    settings = {
        "seg__as_of_date": said["cut"], "seg__horizon_days": said["horizon_days"],
        "seg__service_categories": said["service_categories"], **(vars or {}),
    }
    bare = BareShop(folder)
    database, manifest = bare.database(BUILD), bare.target(BUILD) / "manifest.json"
    if not changed:
        database.unlink(missing_ok=True)
    lists, seconds = {}, {}
    for mode in ("repeats", "new"):
        first = mode == "repeats"
        started = time.monotonic()
        if first and not changed:
            inputs, select = said["inputs"], [f"+{LISTS}"]
        else:
            # The tables of the inputs stay as they are.
            inputs, select = dict.fromkeys(said["inputs"]), models_with_repeats_var(manifest)
            select += [f"{model}+,+{LISTS}" for model in changed or [] if first]
        bare.build(BUILD, inputs, {**settings, REPEATS_VAR: first}, select=select)
        seconds[mode] = time.monotonic() - started
        lists[mode] = read_lists(database)
    return lists, seconds


def built_database(folder: Path) -> Path:
    """The file that `build_lists` leaves."""
    return BareShop(folder).database(BUILD)


def read_lists(database: Path) -> pd.DataFrame:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(f"select user_id, product_id, recommendation_rank from {LISTS}").df()


def popular_list(database: Path) -> pd.DataFrame:
    """What the package takes for popular: what a shop shows to a user of whom the package has not heard."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute("""
            select product_id, popularity_rank as recommendation_rank
            from int_seg__recommendable_products
            where split = 'scoring' and popularity_rank <= 10
        """).df()


def complete(lists: pd.DataFrame, popular: pd.DataFrame, user_ids: list[str]) -> pd.DataFrame:
    """The lists of these users; who has none is shown the popular products."""
    strangers = pd.DataFrame({"user_id": sorted(set(user_ids) - set(lists["user_id"]))}, dtype="object")
    return pd.concat([lists[lists["user_id"].isin(user_ids)], strangers.merge(popular, how="cross")], ignore_index=True)


def models_with_repeats_var(manifest: Path) -> list[str]:
    """The selection of what the var changes on the way to the lists: models that name it or whose macros do, and on."""
    content = json.loads(manifest.read_text())
    macros = {name for name, macro in content["macros"].items() if REPEATS_VAR in macro["macro_sql"]}
    named = [
        node["name"] for node in content["nodes"].values()
        if node["resource_type"] == "model"
        and (
            REPEATS_VAR in node["raw_code"]
            or REPEATS_VAR in json.dumps(node["unrendered_config"])
            or macros & set(node["depends_on"]["macros"])
        )
    ]
    if not named:
        raise ValueError(f"no model names {REPEATS_VAR}")
    return [f"{name}+,+{LISTS}" for name in sorted(named)]
