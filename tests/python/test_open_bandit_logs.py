"""The logs of a fashion shop that `obp` ships (Saito et al. 2020), judged by the package and by obp's own estimators.

Three campaigns, each served for a week by a uniformly random policy and by Bernoulli Thompson sampling. `make obp` installs
the logs; obp's estimators run without the torch and matplotlib that they import.
"""

import importlib.util
import sys
import types
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
import yaml
from shops import BareShop

FOUND = importlib.util.find_spec("obp")
if FOUND is None:
    pytest.skip("obp is not installed: `make obp` installs its logs and estimators", allow_module_level=True)
OBP = Path(FOUND.submodule_search_locations[0])
CAMPAIGNS = ["men", "women", "all"]
PLACES = 3
# No cut, as in obp.
VARS = {"seg__as_of_date": "2019-12-03", "seg__target_policies": "raw.target_policies", "seg__off_policy_max_weight": 1e9}


@pytest.fixture(scope="module")
def estimators():
    """obp.ope.estimators, its packages bare: what they import beside it is not needed."""
    names = ["torch", "obp", "obp.ope"]
    before = {name: sys.modules.get(name) for name in names}
    sys.modules["torch"] = types.ModuleType("torch")
    sys.modules["torch"].Tensor = type("Tensor", (), {})
    for name, folder in [("obp", OBP), ("obp.ope", OBP / "ope")]:
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [str(folder)]
    yield importlib.import_module("obp.ope.estimators")
    for name in [name for name in sys.modules if name in names or name.startswith("obp.")]:
        del sys.modules[name]
    sys.modules |= {name: module for name, module in before.items() if module is not None}


@pytest.fixture(scope="module")
def logs():
    """One row per impression; every impression is a user of its own: the logs name none."""
    read = []
    for policy in ["random", "bts"]:
        for campaign in CAMPAIGNS:
            log = pd.read_csv(OBP / "dataset" / "obd" / policy / campaign / f"{campaign}.csv",
                              usecols=["timestamp", "item_id", "position", "click", "propensity_score"])
            read.append(log.assign(logger=policy, campaign=campaign))
    logs = pd.concat(read, ignore_index=True)
    logs["shown_at"] = pd.to_datetime(logs["timestamp"], format="ISO8601").dt.tz_localize(None)
    logs["place"] = logs["position"].rank(method="dense").astype(int)
    return logs.assign(number=np.arange(len(logs))).drop(columns="timestamp")


@pytest.fixture(scope="module")
def sampling():
    """campaign -> (items, places): how likely Thompson sampling with the shop's published priors shows an item in a place."""
    priors = yaml.safe_load((OBP / "policy" / "conf" / "prior_bts.yaml").read_text())
    random = np.random.default_rng(12345)
    policies = {}
    for campaign in CAMPAIGNS:
        alpha, beta = (np.array(priors[campaign][name]) for name in ("alpha", "beta"))
        counts = np.zeros((len(alpha), PLACES))
        for _ in range(10):
            drawn = random.beta(alpha, beta, size=(10_000, len(alpha)))
            best = np.argsort(-drawn, axis=1)[:, :PLACES]
            for place in range(PLACES):
                counts[:, place] += np.bincount(best[:, place], minlength=len(alpha))
        policies[campaign] = counts / 100_000
    return policies


@pytest.fixture(scope="module")
def built(logs, sampling, tmp_path_factory):
    folder = tmp_path_factory.mktemp("obd")
    logs.to_parquet(folder / "logs.parquet")
    pd.concat([
        pd.DataFrame({"campaign": campaign, "item_id": np.repeat(np.arange(len(policy)), PLACES),
                      "place": np.tile(np.arange(1, PLACES + 1), len(policy)), "bts": policy.ravel(), "random": 1 / len(policy)})
        for campaign, policy in sampling.items()
    ]).to_parquet(folder / "policies.parquet")
    shop = BareShop(folder / "shop")
    touches = f"from '{folder}/logs.parquet'"
    database = shop.build("obd", {
        "order_lines": """
            select 'l' as order_line_id, 'o' as order_id, 'u1' as user_id, 'x' as product_id,
                timestamp '2019-11-01' as ordered_at, 1 as quantity, 5 as unit_price
        """,
        "campaign_touches": f"""
            select 'i' || number as touch_id, 'u' || number as user_id, shown_at as touched_at, 'impression' as touch_type,
                campaign || item_id as product_id, logger || ' ' || campaign as strategy, place as position,
                propensity_score as propensity
            {touches}
            union all
            select 'k' || number, 'u' || number, shown_at + interval 1 second, 'click', campaign || item_id,
                logger || ' ' || campaign, place, null
            {touches} where click = 1
        """,
        # What the other policy would have shown the user in the place: Thompson sampling in random's logs, and for the women
        # the other way round.
        "target_policies": f"""
            select
                case logger when 'random' then 'bts ' else 'random ' end || campaign as policy,
                'u' || logs.number as user_id, campaign || policies.item_id as product_id, place as position,
                case logger when 'random' then policies.bts else policies.random end as probability
            from '{folder}/logs.parquet' as logs
            inner join '{folder}/policies.parquet' as policies using (campaign, place)
            where logger = 'random' or campaign = 'women'
        """,
    }, vars=VARS, select=["+seg__off_policy_estimates"])
    return duckdb.connect(str(database), read_only=True)


def estimates_of(built, policy):
    return built.sql(f"select * from seg__off_policy_estimates where policy_type = 'own' and policy = '{policy}'").df().set_index("estimator")


@pytest.mark.parametrize("policy", ["bts men", "bts women", "bts all", "random women"])
def test_estimates_are_those_of_obp(built, logs, sampling, estimators, policy):
    target, campaign = policy.split()
    logged = logs[(logs["campaign"] == campaign) & (logs["logger"] == ("random" if target == "bts" else "bts"))]
    shown = sampling[campaign] if target == "bts" else np.full_like(sampling[campaign], 1 / len(sampling[campaign]))
    feedback = {
        "reward": logged["click"].to_numpy(float), "action": logged["item_id"].to_numpy(),
        "pscore": logged["propensity_score"].to_numpy(), "position": logged["place"].to_numpy() - 1,
        "action_dist": np.broadcast_to(shown, (len(logged), *shown.shape)),
    }

    # The rewards that the package expects, by half of the users, item and place.
    expected = np.zeros((2, *shown.shape))
    for fold, place, action_kind, action, reward in built.sql(f"""
        select fold, place, action_kind, action, expected_reward from int_seg__off_policy_rewards
        where action_kind = 'place' or (action_kind = 'product' and regexp_matches(action, '^{campaign}[0-9]'))
        order by action_kind
    """).fetchall():
        items = slice(None) if action_kind == "place" else int(action.removeprefix(campaign))
        expected[fold, items, place - 1] = reward
    folds = dict(built.sql("select impression_id, fold from int_seg__off_policy_rounds").fetchall())
    expected_by_round = expected[[folds[f"i{number}"] for number in logged["number"]]]

    found = estimates_of(built, policy)["policy_value"]
    assert found["ips"] == pytest.approx(
        estimators.InverseProbabilityWeighting().estimate_policy_value(**feedback), rel=1e-5)
    assert found["snips"] == pytest.approx(
        estimators.SelfNormalizedInverseProbabilityWeighting().estimate_policy_value(**feedback), rel=1e-5)
    assert found["doubly_robust"] == pytest.approx(
        estimators.DoublyRobust().estimate_policy_value(**feedback, estimated_rewards_by_reg_model=expected_by_round), rel=1e-4)


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_what_sampling_is_worth_in_the_random_log_is_what_it_was_worth(built, logs, campaign):
    """Both logs of a campaign are of the same week: the estimate from the one holds the mean of the other."""
    on_policy = logs.loc[(logs["logger"] == "bts") & (logs["campaign"] == campaign), "click"]
    found = estimates_of(built, f"bts {campaign}")
    assert found["is_usable"].all()
    for row in found.itertuples():
        error = np.hypot((row.interval_high - row.interval_low) / 2 / 1.96, on_policy.std() / np.sqrt(len(on_policy)))
        assert abs(row.policy_value - on_policy.mean()) < 2 * error, row


def test_sampling_is_worth_the_published_multiple_of_random(built, logs):
    """obp's quickstart: 1.198 by inverse propensities, from the same log and 100,000 draws of the policy."""
    random = logs.loc[(logs["logger"] == "random") & (logs["campaign"] == "all"), "click"].mean()
    assert estimates_of(built, "bts all")["policy_value"]["ips"] / random == pytest.approx(1.198126, abs=0.01)


def test_a_log_that_hardly_covers_the_policy_is_called_unusable(built):
    """From sampling's log of the women the random policy is worth a handful of impressions."""
    found = estimates_of(built, "random women")
    assert not found["is_usable"].any()
    assert (found["effective_impression_count"] < 100).all()
