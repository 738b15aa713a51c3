"""A shop of 200 buyers, 60 of them of one kind: who is like an audience, and what the cohorts tell of whom."""

import duckdb
import numpy as np
import pandas as pd
import pytest
from shops import BareShop

AS_OF = pd.Timestamp("2026-06-15")
LEAST = 5
ALL = ["+seg__lookalikes", "+seg__lookalike_checks", "+seg__cohort_retention", "+seg__segments"]
OF_AUDIENCE = ["int_seg__lookalike_audience+"]
# Numbers 0 to 59 buy five reduced cheap things at once at the weekend; half of them are the audience of the first build.
KIND = [f"k{number:03}" for number in range(60)]
OTHERS = [f"o{number:03}" for number in range(140)]
HALF = KIND[::2]


def order_lines() -> pd.DataFrame:
    """Orders from October 2025 on; some are cancelled, some given back, some lie on or after the as-of date."""
    random = np.random.default_rng(7)
    rows = []
    for user_id in KIND + OTHERS:
        of_kind = user_id in KIND
        # Every eighth buyer comes first in one of the last three months, where cohorts are small.
        is_late = random.random() < 0.06
        day = pd.Timestamp("2026-04-01" if is_late else "2025-10-01") + pd.Timedelta(days=int(random.integers(0, 70)))
        for number in range(int(random.integers(2, 7))):
            if of_kind:
                day += pd.Timedelta(days=(5 - day.weekday()) % 7)
            quantity = int(random.integers(4, 7) if of_kind else random.integers(1, 4))
            price = round(float(random.uniform(5, 15) if of_kind else random.uniform(15, 80)), 2)
            rows.append({
                "order_id": f"{user_id}-{number}", "user_id": user_id, "product_id": f"p{random.integers(0, 12)}",
                "ordered_at": day, "quantity": quantity, "unit_price": price,
                "discount_amount": round(quantity * price * (0.3 if of_kind else 0.02), 2),
                "order_status": "cancelled" if random.random() < 0.05 else "completed",
            })
            if random.random() < 0.15:
                rows.append({**rows[-1], "ordered_at": day + pd.Timedelta(days=9), "quantity": -1, "discount_amount": 0.0})
            day += pd.Timedelta(days=int(random.integers(10, 60)))
    # The day before the first order: a return of what the history does not hold.
    rows.append({**rows[0], "order_id": "earlier", "ordered_at": rows[0]["ordered_at"] - pd.Timedelta(days=40), "quantity": -2,
                 "discount_amount": 0.0})
    lines = pd.DataFrame(rows)
    lines["order_line_id"] = range(len(lines))
    return lines


LINES = order_lines()
INPUTS = {
    "identities": "select 'k001' as user_id, 'cookie' as alias_id",
    "users": "select 'silent' as user_id",
    "erasure_requests": "select 'o139' as user_id, timestamp '2026-06-01' as requested_at",
}
ERASED = "o139"


def audience_of(user_ids) -> str:
    quoted = ["'" + user_id.replace("'", "''") + "'" for user_id in user_ids]
    return f"select unnest([{', '.join(quoted)}]::varchar[]) as user_id"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return BareShop(tmp_path_factory.mktemp("groups") / "shop")


class Built:
    """What one build says."""

    def __init__(self, shop, audience, select, **settings):
        lines_file = shop.folder / "lines.csv"
        LINES.to_csv(lines_file, index=False)
        database = shop.build(
            "groups",
            {"order_lines": f"select * from read_csv('{lines_file}')", **INPUTS, "lookalike_audience": audience},
            {"seg__as_of_date": str(AS_OF.date()), **settings}, select=select,
        )
        with duckdb.connect(str(database), read_only=True) as connection:
            self.tables = {
                name: connection.table(name).df()
                for name in ["seg__lookalikes", "seg__lookalike_checks", "int_seg__cluster_features",
                             "int_seg__lookalike_audience", "seg__cohort_retention", "seg__segments"]
            }
        self.list = self.tables["seg__lookalikes"].sort_values("lookalike_rank").reset_index(drop=True)
        self.check = self.tables["seg__lookalike_checks"]


@pytest.fixture(scope="module")
def half(shop):
    """Half of the kind, one of them by an alias; with an erased and two unknown users and one never seen."""
    ids = [user_id for user_id in HALF if user_id != "k000"] + ["k000", "cookie", "k001", ERASED, "x'y", "nobody", "silent", ""]
    return Built(shop, audience_of(ids), ALL)


@pytest.fixture(scope="module")
def unguarded(shop, half):
    """An audience of nobody, and groups of one user allowed."""
    return Built(shop, audience_of([]), [*OF_AUDIENCE, "int_seg__cohorts+"], seg__minimum_group_size=1)


# --- lookalikes


def test_the_nearest_are_those_of_the_kind(half):
    missing = set(KIND) - set(HALF) - {"k001"}
    assert set(half.list["user_id"].head(len(missing))) == missing
    assert not set(half.list["user_id"]) & {*HALF, "k001", "cookie", ERASED, "silent"}
    assert len(half.list) == len(KIND + OTHERS) - len(HALF) - 1 - 1
    assert half.list["lookalike_rank"].tolist() == [*range(1, len(half.list) + 1)]


def test_every_id_of_the_audience_is_accounted_for(half):
    check = half.check.iloc[0]
    assert check["audience_user_count"] == len(HALF) + 2
    assert check["unknown_count"] == 3
    assert check["never_seen_count"] == 1


def test_distances_are_those_of_two_normal_distributions(half):
    features = half.tables["int_seg__cluster_features"].set_index("user_id").query("has_been_seen")
    points = features[[name for name in features if name.startswith("scaled_")]]
    audience, spread = points.loc[[*HALF, "k001"]], points.var(ddof=0)
    own = (len(audience) * audience.var(ddof=0) + 5 * spread) / (len(audience) + 10)
    own = np.maximum(own, 0.01 * spread)
    terms = (points - audience.mean()) ** 2 / own - (points - points.mean()) ** 2 / spread + np.log(own / spread)
    expected = terms.loc[:, spread > 1e-9].sum(axis=1).loc[half.list["user_id"]]
    assert half.list["distance"].to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-4)


def test_all_of_the_kind_lead_to_those_held_back(shop, half):
    built = Built(shop, audience_of(KIND), OF_AUDIENCE)
    check = built.check.iloc[0]
    held_back = built.tables["int_seg__lookalike_audience"]["is_held_back"].sum()
    assert check["held_back_count"] == held_back > 5
    assert check["candidate_count"] == len(OTHERS) - 1 + held_back
    assert check["recall"] == check["recovered_count"] / held_back > 0.9
    assert check["expected_recall_at_random"] == pytest.approx(held_back / check["candidate_count"])
    assert check["lift"] == pytest.approx(check["recall"] / check["expected_recall_at_random"])
    assert set(built.list["user_id"]) == set(OTHERS) - {ERASED}


def test_one_user_has_lookalikes(shop, half):
    built = Built(shop, audience_of(["k000"]), OF_AUDIENCE)
    assert len(built.list) == len(KIND + OTHERS) - 2
    assert built.list["user_id"].head(20).isin(KIND).mean() > 0.8
    assert built.check["audience_user_count"].tolist() == [1]


def test_an_audience_of_everybody_has_no_lookalikes(shop, half):
    built = Built(shop, audience_of(KIND + OTHERS), OF_AUDIENCE)
    assert built.list.empty
    # Whoever ranks is held back: chance finds them all.
    assert built.check["recall"].tolist() == built.check["expected_recall_at_random"].tolist() == [1]


def test_an_empty_audience_has_none_either(unguarded):
    assert unguarded.list.empty
    assert unguarded.check["audience_user_count"].tolist() == [0]
    assert unguarded.check["recall"].isna().all()


def test_an_audience_without_user_ids_stops_the_build(shop, half):
    with pytest.raises(RuntimeError) as stopped:
        Built(shop, "select 'k000' as customer_id", OF_AUDIENCE)
    message = str(stopped.value)
    assert "seg__lookalike_audience (raw.lookalike_audience): column user_id is missing" in message


# --- cohorts


@pytest.fixture(scope="module")
def months():
    """One row per buyer and month since the first order, from the raw lines: users, orders and revenue."""
    lines = LINES[(LINES["ordered_at"] < AS_OF) & (LINES["order_status"] != "cancelled") & (LINES["user_id"] != ERASED)].copy()
    lines["net_revenue"] = lines["quantity"] * lines["unit_price"] - lines["discount_amount"].where(lines["quantity"] > 0, 0)
    lines["month"] = lines["ordered_at"].dt.year * 12 + lines["ordered_at"].dt.month - 1
    sold = lines[lines["quantity"] > 0]
    lines["cohort"] = lines["user_id"].map(sold.groupby("user_id")["month"].min())
    lines = lines.dropna(subset=["cohort"])
    lines["cohort"] = lines["cohort"].astype(int)
    lines["since"] = (lines["month"] - lines["cohort"]).clip(lower=0)
    lines["sold_order"] = lines["order_id"].where(lines["quantity"] > 0)
    return lines.groupby(["user_id", "cohort", "since"]).agg(
        order_count=("sold_order", "nunique"), net_revenue=("net_revenue", "sum")
    ).reset_index()


def month_number(dates: pd.Series) -> pd.Series:
    return dates.dt.year * 12 + dates.dt.month - 1


def test_nothing_is_withheld_of_a_shop_that_asks_for_it_and_all_agrees_with_the_lines(unguarded, months):
    found = unguarded.tables["seg__cohort_retention"].copy()
    assert not found["is_suppressed"].any()
    found["cohort"] = month_number(found["cohort_month"])
    found = found.set_index(["cohort", "months_since_first_order"]).sort_index()
    last_month = AS_OF.year * 12 + AS_OF.month - 1
    expected_keys = [
        (cohort, since) for cohort in sorted(months["cohort"].unique()) for since in range(last_month - cohort + 1)
    ]
    assert found.index.tolist() == expected_keys
    sums = months.assign(active=months["order_count"] > 0).groupby(["cohort", "since"])[
        ["active", "order_count", "net_revenue"]].sum().reindex(expected_keys, fill_value=0)
    sizes = months.groupby("cohort")["user_id"].nunique().reindex([cohort for cohort, _ in expected_keys]).to_numpy()
    assert found["user_count"].tolist() == sizes.tolist()
    assert found["active_user_count"].tolist() == sums["active"].tolist()
    assert found["order_count"].tolist() == sums["order_count"].tolist()
    assert found["net_revenue"].to_numpy() == pytest.approx(sums["net_revenue"].to_numpy(), abs=1e-6)
    assert found["retention_share"].to_numpy() == pytest.approx((sums["active"] / sizes).to_numpy().astype(float))
    assert found["cumulative_net_revenue_per_user"].to_numpy() == pytest.approx(
        (sums.groupby(level=0)["net_revenue"].cumsum() / sizes).to_numpy(), abs=1e-6
    )
    assert found["is_complete"].tolist() == [cohort + since < last_month for cohort, since in expected_keys]


@pytest.fixture(scope="module")
def published(half, months):
    """(rows of the mart, buyers' months with the cohort they are published under)."""
    rows = half.tables["seg__cohort_retention"].copy()
    rows["cohort"] = month_number(rows["cohort_month"]).fillna(-1).astype(int)
    alone = set(rows["cohort"])
    members = months.assign(cohort=months["cohort"].where(months["cohort"].isin(alone), -1))
    return rows, members


def test_the_shop_has_what_must_be_withheld(published):
    rows, members = published
    involved = members.groupby(["cohort", "since"])["user_id"].nunique()
    withheld = rows[rows["is_suppressed"]].set_index(["cohort", "months_since_first_order"]).index
    assert (rows["cohort"] == -1).any(), "a merged cohort"
    assert any(involved.get(cell, 0) in range(1, LEAST) for cell in withheld), "a cell of few"
    assert any(involved.get(cell, 0) >= LEAST for cell in withheld), "a cell that would tell one of few"
    assert not rows["is_suppressed"].all()


def test_no_cell_speaks_of_few(published):
    rows, members = published
    sizes = members.groupby("cohort")["user_id"].nunique()
    assert rows.groupby("cohort")["user_count"].first().to_dict() == sizes.to_dict()
    assert (sizes >= LEAST).all()
    involved = members.groupby(["cohort", "since"])["user_id"].nunique()
    shown = rows[~rows["is_suppressed"]]
    inactive = shown["user_count"] - shown["active_user_count"]
    assert not shown["active_user_count"].between(1, LEAST - 1).any()
    assert not inactive.between(1, LEAST - 1).any()
    assert not any(
        involved.get((row.cohort, row.months_since_first_order), 0) in range(1, LEAST) for row in shown.itertuples()
    )
    figures = ["active_user_count", "retention_share", "order_count", "net_revenue"]
    assert rows.loc[rows["is_suppressed"], figures].isna().all().all()


def test_no_subtraction_tells_what_is_withheld(published, half):
    """Every published sum is a row over the cells; no cell, nor any withheld part, of few users is a combination of them."""
    rows, members = published
    cells = {cell: place for place, cell in enumerate(
        rows[["cohort", "months_since_first_order"]].itertuples(index=False, name=None))}
    known, values = [], []
    for row in rows.itertuples():
        place = cells[row.cohort, row.months_since_first_order]
        if not row.is_suppressed:
            known.append(np.eye(len(cells))[place])
            values.append(row.net_revenue)
        if not np.isnan(row.cumulative_net_revenue_per_user):
            known.append(np.array([float(c == row.cohort and k <= row.months_since_first_order) for c, k in cells]))
            values.append(row.cumulative_net_revenue_per_user * row.user_count)
    segments = half.tables["seg__segments"]
    known.append(np.ones(len(cells)))
    values.append(segments.loc[segments["scheme"] == "value_tier", "net_revenue"].sum())
    known, values = np.array(known), np.array(values)

    # The sums are right, so the subtraction is worth trying.
    truth = members.groupby(["cohort", "since"])["net_revenue"].sum()
    assert known @ np.array([truth.get(cell, 0.0) for cell in cells]) == pytest.approx(values, abs=1e-3)

    users = members.groupby(["cohort", "since"])["user_id"].agg(set)
    withheld = [cell for cell in cells if rows.set_index(["cohort", "months_since_first_order"]).loc[cell, "is_suppressed"]]
    rank = np.linalg.matrix_rank(known)

    def is_told(part) -> bool:
        wanted = np.array([float(cell in part) for cell in cells])
        return np.linalg.matrix_rank(np.vstack([known, wanted])) == rank

    for cohort in rows["cohort"].unique():
        of_cohort = [cell for cell in withheld if cell[0] == cohort]
        for first in range(len(of_cohort)):
            for last in range(first + 1, len(of_cohort) + 1):
                part = of_cohort[first:last]
                people = set().union(*(users.get(cell, set()) for cell in part))
                assert not (0 < len(people) < LEAST and is_told(part)), part
    left = values[-1] - rows["net_revenue"].sum()
    people = set().union(*(users.get(cell, set()) for cell in withheld))
    assert len(people) >= LEAST and abs(left) > 0
