"""What the builds of tests share must be what each would have made for itself."""

import json

import pytest
import yaml
from dbt_processes import RUN_TIME_VARS, parsing_vars
from shops import DBT, ROOT, BareShop, run

OTHER_VALUES = {
    "seg__as_of_date": "2026-01-01", "seg__horizon_days": 30, "seg__max_products_per_user": 20,
    "seg__max_training_rows": 300, "seg__max_users_at_once": 80, "seg__minimum_repeat_rate": 0,
    "seg__recommend_repeats": False, "seg__refit_policy": "never",
}


@pytest.fixture(scope="module")
def parsed(tmp_path_factory):
    """What dbt, started as any shop starts it, parses without and with other values of these vars."""
    shop = BareShop(tmp_path_factory.mktemp("parsed") / "shop")
    return [nodes_parsed(shop, name, vars) for name, vars in (("usual", {}), ("other", OTHER_VALUES))]


def nodes_parsed(shop, name, vars):
    all_vars = {"seg__events": "raw.events", "seg__order_lines": "raw.order_lines", **vars}
    run([str(DBT), "parse", *shop.options(name, all_vars)], shop.folder, shop.environment(name))
    manifest = json.loads((shop.target(name) / "manifest.json").read_text())
    return {
        key: [node["config"], sorted(node["depends_on"].get("nodes", [])), node.get("meta"), node["checksum"]]
        for key, node in manifest["nodes"].items()
    }


def test_what_dbt_parses_does_not_depend_on_vars_read_at_run_time(parsed):
    usual, other = parsed
    assert set(OTHER_VALUES) == RUN_TIME_VARS
    defaults = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"]["ecommerce_segmentation"]
    assert not [name for name, value in OTHER_VALUES.items() if defaults[name] == value]
    assert usual == other


def test_other_vars_are_told_apart():
    assert parsing_vars({"seg__as_of_date": "2026-01-01", "seg__cluster_count": 4}) == {"seg__cluster_count": 4}
