"""One row per scheme, rule and condition: a shallow decision tree per scheme, as rules that a person can check.

A rule is the path to a leaf, the conditions on one feature joined into one: low < value <= high, with or without
unknown values. Bounds are short numbers, and the segment that a rule names is the commonest among the users who meet
it with the bounds as written.

Columns: as_of_date, scheme, rule_number (1 = most users of the sample), segment_key, condition_number, feature_name
(null: everybody), low_text and high_text (bounds as numbers in SQL, null where open), includes_known, includes_null,
is_null_seen (whether the sample had an unknown value there).
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

# dbt may run two Python models at once, and an import of scikit-learn that meets another finds half a module.
with threading.__dict__.setdefault("scikit_learn_import", threading.RLock()):
    from sklearn.tree import DecisionTreeClassifier

MAX_DEPTH = 4  # conditions of a rule at most: what a person keeps in mind
LEAST_RULE_SHARE = 0.01  # of the users: smaller rules are exceptions
SHORT_DIGITS = 4  # significant digits of a bound
MOVED_SHARE = 0.01  # of a node's users whom a short bound may put on the other side
FEATURE_PREFIX = "feature_"
COLUMN_TYPES = {
    "as_of_date": "datetime64[us]",
    "scheme": "string",
    "rule_number": "int64",
    "segment_key": "string",
    "condition_number": "int64",
    "feature_name": "string",
    "low_text": "string",
    "high_text": "string",
    "includes_known": "bool",
    "includes_null": "bool",
    "is_null_seen": "bool",
}


@dataclass(frozen=True)
class Condition:
    """low < value <= high; unknown values meet it where includes_null says so."""

    low: float = -np.inf
    high: float = np.inf
    includes_known: bool = True
    includes_null: bool = True
    is_null_seen: bool = False

    def and_(self, other: "Condition") -> "Condition":
        return Condition(
            max(self.low, other.low), min(self.high, other.high),
            self.includes_known and other.includes_known, self.includes_null and other.includes_null,
            self.is_null_seen or other.is_null_seen,
        )

    def met_by(self, values: np.ndarray) -> np.ndarray:
        known = (values > self.low) & (values <= self.high) & self.includes_known
        return np.where(np.isnan(values), self.includes_null, known)


@dataclass
class Rule:
    segment_key: str
    user_count: int
    conditions: dict[str, Condition] = field(default_factory=dict)


def model(dbt, session):
    rows = dbt.ref("int_seg__segment_rule_rows").order("scheme, user_id").df()
    minimum_group_size = dbt.config.meta_get("minimum_group_size")
    random_seed = dbt.config.meta_get("random_seed")

    return session.from_df(rule_fits(rows, minimum_group_size, random_seed))


def rule_fits(rows: pd.DataFrame, minimum_group_size: int, random_seed: int) -> pd.DataFrame:
    """Fit a tree per scheme and return the conditions of its rules, long.

    rows: scheme, segment_key, as_of_date and features (`feature_...`, null where unknown), ordered by scheme and user.
    """
    columns = [name for name in rows.columns if name.startswith(FEATURE_PREFIX)]
    table = []
    for scheme, users in rows.groupby("scheme", sort=True):
        features = users[columns].rename(columns=lambda name: name.removeprefix(FEATURE_PREFIX)).astype(float)
        rules = segment_rules(features, users["segment_key"].to_numpy(dtype=str), minimum_group_size, random_seed)
        as_of_date = pd.to_datetime(users["as_of_date"]).iloc[0]
        for rule_number, rule in enumerate(rules, start=1):
            for condition_number, (name, condition) in enumerate(
                rule.conditions.items() or [(None, Condition())], start=1
            ):
                table.append((
                    as_of_date, scheme, rule_number, rule.segment_key, condition_number, name,
                    number_text(condition.low), number_text(condition.high), condition.includes_known,
                    condition.includes_null, condition.is_null_seen,
                ))
    return pd.DataFrame(table, columns=list(COLUMN_TYPES)).astype(COLUMN_TYPES)


def segment_rules(
    features: pd.DataFrame, segment_keys: np.ndarray, minimum_group_size: int, random_seed: int
) -> list[Rule]:
    """Rules of which every user meets one, those that most users meet first.

    Source: Breiman et al. 1984 (CART, Gini impurity), unknown values sent to the side where they divide best.
    """
    least_users = max(minimum_group_size, int(np.ceil(LEAST_RULE_SHARE * len(features))))
    # What does not vary cannot tell users apart.
    features = features.loc[:, [features[name].nunique(dropna=False) > 1 for name in features]]
    everybody = np.arange(len(features))
    if features.empty:
        return [rule_of(everybody, segment_keys, {})]
    values = np.clip(features.to_numpy(dtype=float), -1e30, 1e30)
    tree = DecisionTreeClassifier(max_depth=MAX_DEPTH, min_samples_leaf=least_users, random_state=random_seed)
    fitted = tree.fit(values, segment_keys).tree_

    def rules_below(node: int, fit_users: np.ndarray, rule_users: np.ndarray, conditions: dict) -> Iterator[Rule]:
        """fit_users: whom the fit has in this node; rule_users: who meet the conditions as written."""
        own = rule_of(rule_users, segment_keys, conditions)
        feature = fitted.feature[node]
        if feature < 0:
            return [own]
        is_left = fit_goes_left(
            values[fit_users, feature], fitted.threshold[node], fitted.missing_go_to_left[node]
        )
        # The first feature that divides these users just so: the plainest, as features are ordered.
        feature = next(i for i in range(values.shape[1]) if divides(values[fit_users, i], is_left) or i == feature)
        name, column = features.columns[feature], values[:, feature]
        below = []
        for child, condition, fit_side in zip(
            (fitted.children_left[node], fitted.children_right[node]),
            split_conditions(column[fit_users], is_left),
            (fit_users[is_left], fit_users[~is_left]),
            strict=True,
        ):
            rule_side = rule_users[condition.met_by(column[rule_users])]
            if len(rule_side) < least_users:
                return [own]
            joined = {**conditions, name: conditions.get(name, Condition()).and_(condition)}
            below.append(rules_below(child, fit_side, rule_side, joined))
        # A split that names the same segment on both sides says nothing.
        if all(len(rules) == 1 and rules[0].segment_key == own.segment_key for rules in below):
            return [own]
        return below[0] + below[1]

    return sorted(rules_below(0, everybody, everybody, {}), key=lambda rule: -rule.user_count)


def rule_of(users: np.ndarray, segment_keys: np.ndarray, conditions: dict[str, Condition]) -> Rule:
    """The commonest segment of the users, of equally common ones the first by key."""
    keys, counts = np.unique(segment_keys[users], return_counts=True)
    return Rule(str(keys[counts.argmax()]), len(users), conditions)


def fit_goes_left(values: np.ndarray, threshold: float, is_missing_left: int) -> np.ndarray:
    """As scikit-learn decides, which compares in single precision."""
    return np.where(np.isnan(values), bool(is_missing_left), values.astype(np.float32) <= threshold)


def divides(values: np.ndarray, is_left: np.ndarray) -> bool:
    """Whether a single bound on the values, unknown ones on one side, parts the users in the same way."""
    is_unknown = np.isnan(values)
    left, right = values[is_left & ~is_unknown], values[~is_left & ~is_unknown]
    if (is_left & is_unknown).any() and (~is_left & is_unknown).any():
        return False
    return not len(left) or not len(right) or left.max() < right.min() or right.max() < left.min()


def split_conditions(values: np.ndarray, is_left: np.ndarray) -> tuple[Condition, Condition]:
    """The two sides of a split, with a short bound; where one side is all the unknown, known against unknown."""
    is_unknown = np.isnan(values)
    null_seen = bool(is_unknown.any())
    left, right = values[is_left & ~is_unknown], values[~is_left & ~is_unknown]
    if not len(left) or not len(right):
        known = Condition(includes_null=False, is_null_seen=null_seen)
        unknown = Condition(includes_known=False, is_null_seen=null_seen)
        return (known, unknown) if len(left) else (unknown, known)
    # Where none was unknown, the side with more users takes those to come.
    is_null_left = bool((is_left & is_unknown).any()) if null_seen else len(left) >= len(right)
    if right.max() < left.min():
        return split_conditions(values, ~is_left)[::-1]
    bound = short_bound(left, right)
    return (
        Condition(high=bound, includes_null=is_null_left, is_null_seen=null_seen),
        Condition(low=bound, includes_null=not is_null_left, is_null_seen=null_seen),
    )


def short_bound(left: np.ndarray, right: np.ndarray) -> float:
    """The number with the fewest digits between the two sides, or of four and more that moves few users across."""
    low, high = left.max(), right.min()
    middle = low + (high - low) / 2
    is_whole = not (left % 1).any() and not (right % 1).any()
    for digits in range(1, 18):
        bound = float(f"{middle:.{digits}g}")
        if is_whole and low <= np.floor(bound) < high:
            return float(np.floor(bound))
        if low <= bound < high:
            return bound
        moved = (left > bound).sum() + (right <= bound).sum()
        if digits >= SHORT_DIGITS and moved <= MOVED_SHARE * (len(left) + len(right)):
            return bound
    return float(low)


def number_text(number: float) -> str | None:
    """The number as SQL and people read it; None where there is no bound."""
    if np.isinf(number):
        return None
    if number == 0 or 1e-6 <= abs(number) < 1e15:
        return np.format_float_positional(number + 0.0, trim="-")
    return repr(float(number))
