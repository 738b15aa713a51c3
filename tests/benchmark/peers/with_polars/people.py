"""Users behind aliases, and users to forget."""

import polars as pl

from peers.shared.definitions import LEAST_CONFIDENCE, MOST_USERS_PER_SHARED_ID
from peers.shared.links import components
from peers.with_polars.inputs import Inputs, any_true, is_missing


def resolve_users(inputs: Inputs) -> pl.DataFrame:
    """The user of every linked id; inputs know from here on whom to forget."""
    identities = inputs.scan("identities")
    confidence = pl.col("match_confidence").fill_null(1)
    conditions = {
        "missing_id": is_missing("user_id") | is_missing("alias_id"),
        "impossible_match_confidence": ~confidence.is_between(0, 1),
        "low_match_confidence": confidence < LEAST_CONFIDENCE,
        "links_an_id_to_itself": pl.col("user_id") == pl.col("alias_id"),
    }
    links = identities.filter(~any_true(conditions.values())).select("user_id", "alias_id").unique().collect()
    is_shared = pl.len().over("alias_id") > MOST_USERS_PER_SHARED_ID
    shared = links.filter(is_shared)["alias_id"].unique()
    conditions["alias_shared_by_many_users"] = pl.col("alias_id").is_in(shared.implode())
    people = linked_people(links.filter(~pl.col("alias_id").is_in(shared.implode())))

    requested = requests_to_forget(inputs)
    is_erased = pl.col("id").is_in(requested.implode()).any().over("component")
    inputs.erased = pl.concat([requested, people.filter(is_erased)["id"].rename("user_id")]).unique()
    inputs.accepted(
        "identities",
        identities.with_columns(link_id=pl.concat_str("user_id", "alias_id", separator=" = ")),
        "link_id",
        conditions,
        ("user_id", "alias_id"),
    )
    # An account before a cookie, then the smallest id.
    user = pl.col("id").sort_by("is_alias", "id").first().over("component")
    return people.filter(~is_erased).select(source_user_id="id", user_id=user)


def linked_people(links: pl.DataFrame) -> pl.DataFrame:
    """Linked ids with the component that each belongs to."""
    ids = pl.concat([links["user_id"], links["alias_id"]]).unique().sort()
    numbered = pl.DataFrame({"id": ids}).with_row_index("number")
    ends = [
        links.join(numbered, left_on=end, right_on="id", maintain_order="left")["number"].to_numpy()
        for end in ["user_id", "alias_id"]
    ]
    return pl.DataFrame(
        {"id": ids, "component": components(*ends, len(ids)), "is_alias": ids.is_in(links["alias_id"].implode())}
    )


def requests_to_forget(inputs: Inputs) -> pl.Series:
    requests = inputs.scan("erasure_requests").select("user_id", is_missing=is_missing("user_id")).collect()
    requested = requests.filter(~pl.col("is_missing"))["user_id"].unique()
    inputs.note("erasure_requests", requests.height, len(requested), requests["is_missing"].sum())
    return requested
