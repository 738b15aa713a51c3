"""Who asked to be forgotten is in no table of the built demo store, under no id and in no column."""

import re

import pytest

LEAST_CONFIDENCE = 0.7
MOST_USERS_PER_ALIAS = 5


@pytest.fixture(scope="module")
def erased_ids(demo_store):
    """The requested ids and every id linked to one: found here by walking, in the package by joins."""
    links = demo_store.execute("""
        select distinct user_id, alias_id from seg_demo__identities
        where user_id <> alias_id and coalesce(match_confidence, 1) between ? and 1
    """, [LEAST_CONFIDENCE]).fetchall()
    users_of_alias = {}
    for user_id, alias_id in links:
        users_of_alias.setdefault(alias_id, set()).add(user_id)

    neighbours = {}
    for alias_id, users in users_of_alias.items():
        if len(users) <= MOST_USERS_PER_ALIAS:
            for user_id in users:
                neighbours.setdefault(user_id, set()).add(alias_id)
                neighbours.setdefault(alias_id, set()).add(user_id)

    waiting = {row[0] for row in demo_store.sql("select user_id from seg_demo__erasure_requests").fetchall()}
    found = set()
    while waiting:
        user_id = waiting.pop()
        found.add(user_id)
        waiting |= neighbours.get(user_id, set()) - found
    return found


@pytest.fixture(scope="module")
def traces(demo_store, erased_ids):
    """(table, column) -> rows in which one of the ids stands, on its own or inside a longer text: u75, not u757."""
    ids = "|".join(re.escape(user_id) for user_id in sorted(erased_ids))
    pattern = rf"(^|[^0-9A-Za-z_])({ids})($|[^0-9A-Za-z_])"
    found = {}
    tables = demo_store.sql("select table_name from duckdb_tables() order by table_name").fetchall()
    for (table,) in tables:
        columns = [row[0] for row in demo_store.sql(f"describe {table}").fetchall()]
        counts = ", ".join(f"count(*) filter (regexp_matches(cast({column} as varchar), $ids))" for column in columns)
        hits = demo_store.execute(f"select {counts} from {table}", {"ids": pattern}).fetchall()[0]
        found |= {(table, column): count for column, count in zip(columns, hits, strict=True) if count}
    return found


def test_the_demo_asks_to_forget_users_known_under_several_ids(demo_store, erased_ids):
    requested = demo_store.sql("select count(distinct user_id) from seg_demo__erasure_requests").fetchall()[0][0]
    assert len(erased_ids) > requested > 0


def test_the_search_finds_the_ids_where_they_are(traces):
    inputs = {table for table, column in traces if table.startswith("seg_demo__")}
    assert inputs >= {"seg_demo__events", "seg_demo__order_lines", "seg_demo__users", "seg_demo__identities",
                      "seg_demo__erasure_requests"}


def test_no_table_but_the_inputs_holds_an_erased_id(traces):
    assert {place: count for place, count in traces.items() if not place[0].startswith("seg_demo__")} == {}


def test_no_table_but_the_inputs_holds_an_erased_users_email(demo_store, erased_ids):
    emails = [row[0] for row in demo_store.execute(
        "select distinct email from seg_demo__users where list_contains($ids, user_id) and email is not null",
        {"ids": sorted(erased_ids)},
    ).fetchall()]
    assert emails
    for table, column in demo_store.sql("""
        select columns.table_name, columns.column_name
        from duckdb_columns() as columns
        inner join duckdb_tables() as tables using (table_name)
        where columns.data_type = 'VARCHAR' and columns.table_name not like 'seg_demo__%'
    """).fetchall():
        hits = demo_store.execute(
            f"select count(*) from {table} where regexp_matches(lower({column}), $emails)",
            {"emails": "|".join(re.escape(email.lower()) for email in emails)},
        ).fetchall()
        assert hits == [(0,)], (table, column)


def test_every_input_row_of_an_erased_user_is_counted_and_without_content(demo_store, erased_ids):
    ids = {"ids": sorted(erased_ids)}
    for input_name in ["events", "order_lines", "users", "reviews", "campaign_touches", "identities"]:
        condition = "list_contains($ids, user_id)"
        if input_name == "identities":
            condition += " or list_contains($ids, alias_id)"
        expected = demo_store.execute(f"select count(*) from seg_demo__{input_name} where {condition}", ids).fetchall()
        found = demo_store.execute("""
            select count(*) from seg__rejected_rows
            where input_name = ? and reject_reason = 'erased' and row_key is null and row_content is null
        """, [input_name]).fetchall()
        assert found == expected, input_name
