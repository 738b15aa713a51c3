"""Tables of one build beside those of another, in databases attached to one connection."""

import json

# What a realtime run says of itself: how many users it made anew, and of what is new. A whole build, or one after a broken one,
# says everybody and all.
OF_THE_RUN = {
    "int_seg__users_to_refresh", "int_seg__users_to_measure", "int_seg__users_to_score", "int_seg__users_to_predict",
    "int_seg__events_to_clean",
    "seg__events__refreshed", "int_seg__event_fingerprints", "int_seg__input_fingerprints",
}


def unequal(connection, one: str, other: str, names) -> dict[str, list]:
    """table -> some of its rows that only one of the runs left. Numbers to nine digits: a sum of floats depends on its order."""
    found = {}
    for name in names:
        columns = connection.sql(f"""
            select column_name, data_type from duckdb_columns()
            where database_name = '{one}' and table_name = '{name}' and schema_name = 'main'
        """).fetchall()
        shown = ", ".join(f"round({column}, 9) as {column}" if kind == "DOUBLE" else column for column, kind in columns)
        for left, right in [(one, other), (other, one)]:
            only = connection.sql(f"""
                select {shown} from "{left}".main.{name} except all select {shown} from "{right}".main.{name} limit 3
            """).fetchall()
            if only:
                found.setdefault(name, []).append((left, only))
    return found


def made_by_both(target, connection, whole: str) -> list[str]:
    """Tables of the realtime path that the whole build with this target folder made, in the database `whole`, as well."""
    nodes = json.loads((target / "manifest.json").read_text())["nodes"]
    made = [result["unique_id"] for result in json.loads((target / "run_results.json").read_text())["results"]]
    names = {nodes[made_id]["name"] for made_id in made if "realtime" in nodes[made_id]["tags"]}
    tables = connection.sql(f"select table_name from duckdb_tables() where database_name = '{whole}'").fetchall()
    return sorted(names & {row[0] for row in tables} - OF_THE_RUN)
