"""One row per combination of segments whose users count in the tables of groups: the segments they count under.

Users of one combination have the same segments in every scheme: published at the date before, published last and wanted
today. Columns: combination_id, <scheme>_key, null where the scheme has no segments today, and waiting_count: so many of
the users wait. All users of a combination without a row do.

A flow is the users of a scheme who were published in one segment and are now published in another, stay or leave. The
flows of a scheme are what its tables tell, alone and from one run to the next, so
- every flow has the minimum of users, which all sums and differences of one scheme then have as well;
- so has what is left of a flow, of a segment of today or of the last run when all flows of another scheme that lie
  within it are subtracted, and what is left of the flows that touch it when it is subtracted from them.
What cannot move yet rests: where it was published last, or, published for the first time, under `other`. Users who are
gone cannot rest, so where they are too few others wait with them.
"""

from itertools import permutations
from typing import NamedTuple

import numpy as np
import pandas as pd

OTHER = "other"
MOST_PASSES = 50  # over all pairs of schemes, before nothing is published in this run


def model(dbt, session):
    flows = dbt.ref("int_seg__segment_flows").order("combination_id").df()
    return session.from_df(published_flows(flows, dbt.config.meta_get("minimum_group_size")))


def published_flows(flows: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """The segments that may be published today.

    flows: combination_id, user_count, and <scheme>_from, <scheme>_last, <scheme>_wanted: text, null where there is
    none; nothing is wanted for users who are gone.
    """
    names = [column.removesuffix("_wanted") for column in flows.columns if column.endswith("_wanted")]
    is_gone = flows[[f"{name}_wanted" for name in names]].isna().all(axis=1).to_numpy()
    crowd = Crowd(flows["user_count"].to_numpy(dtype="int64"), is_gone, max(minimum, 1))
    # A scheme that is given up tells nothing any more; one that is new has told nothing yet.
    schemes = {name: Scheme(flows, name, crowd) for name in names if flows[f"{name}_wanted"].notna().any()}

    crowd.settle(list(schemes.values()))
    for _ in range(MOST_PASSES):
        if not any([repair(schemes[a], schemes[b], crowd) for a, b in permutations(schemes, 2)]):
            break
    else:
        crowd.staying[:] = 0

    keys = {f"{name}_key": schemes[name].published_keys() if name in schemes else None for name in names}
    published = pd.DataFrame({"combination_id": flows["combination_id"], **keys}, dtype="string")
    published["waiting_count"] = flows["user_count"].to_numpy(dtype="int64") - crowd.staying
    return published[crowd.staying > 0].reset_index(drop=True)


class Crowd:
    """How many users of each combination count today (staying), and how many do so no longer (leaving)."""

    def __init__(self, user_count: np.ndarray, is_gone: np.ndarray, minimum: int):
        self.staying, self.leaving = user_count * ~is_gone, user_count * is_gone
        self.minimum = minimum
        self.schemes: list[Scheme] = []

    def settle(self, schemes: list["Scheme"]) -> None:
        """Let users wait until nobody leaves, and nobody is left, with too few of the own origin in any scheme."""
        self.schemes = schemes
        self.was_published = np.any([scheme.was >= 0 for scheme in schemes], axis=0) if schemes else self.leaving > 0
        origins = pd.DataFrame({number: scheme.origin for number, scheme in enumerate(schemes)})
        if schemes and self.leaving.any():
            # Companions who were the same in all schemes hide the leavers in each.
            alike = origins.groupby(list(origins.columns)).ngroup().to_numpy()
            for group in np.flatnonzero(self.is_few(np.bincount(alike, self.leaving))):
                self.accompany(alike == group, self.minimum - self.leaving[alike == group].sum())
        self.balance()

    def balance(self) -> None:
        """One scheme after the other, until what one asks for suits all; then flows that have become too small rest."""
        while True:
            for scheme in self.schemes:
                alone = self.is_few(np.bincount(scheme.origin, self.staying))[scheme.origin] & (self.staying > 0)
                if alone.any():
                    self.wait(alone)
                    break
                told = self.leaving * (scheme.was >= 0)
                lonely = self.is_few(np.bincount(scheme.origin, told))[scheme.origin] & (self.staying > 0)
                if lonely.any():
                    in_origin = scheme.origin == scheme.origin[lonely].min()
                    self.accompany(in_origin, self.minimum - self.leaving[in_origin].sum())
                    break
            else:
                break
        for scheme in self.schemes:
            scheme.rest(np.zeros(len(self.staying), dtype=bool))

    def accompany(self, combinations: np.ndarray, count: int) -> bool:
        """Let so many of these users wait, first those who hide other leavers as well; return whether there are any."""
        leavers = [np.bincount(scheme.origin, self.leaving)[scheme.origin] for scheme in self.schemes]
        use = sum(self.is_few(leaving).astype(int) - (leaving == 0) for leaving in leavers)
        candidates = np.flatnonzero(combinations & (self.staying > 0))
        for combination in candidates[np.argsort(-use[candidates], kind="stable")]:
            waits = min(count, self.staying[combination])
            self.staying[combination] -= waits
            self.leaving[combination] += waits * self.was_published[combination]
            count -= waits
            if not count:
                break
        return candidates.size > 0

    def wait(self, combinations: np.ndarray) -> None:
        """Let all users of these combinations wait; who was published leaves the tables by that."""
        self.leaving += self.staying * (combinations & self.was_published)
        self.staying[combinations] = 0

    def is_few(self, counts: np.ndarray) -> np.ndarray:
        return (counts > 0) & (counts < self.minimum)


class Scheme:
    """The flows of one scheme. Arrays hold an item per combination; segments are numbers, -1 is none."""

    def __init__(self, flows: pd.DataFrame, name: str, crowd: Crowd):
        last = flows[f"{name}_last"]
        codes, keys = pd.factorize(pd.concat([last, flows[f"{name}_wanted"]]).fillna(OTHER), sort=True)
        self.keys = keys.to_numpy(dtype=object)
        self.rests, self.wanted = np.split(codes, 2)
        self.was = np.where(last.notna(), self.rests, -1)
        self.before = pd.factorize(flows[f"{name}_from"], sort=True)[0]
        # Where users come from: what they were published under at the date before and, if this date was run, then.
        self.origin = pd.factorize((self.before + 1) * (len(keys) + 1) + self.was + 1, sort=True)[0]
        self.moves = self.rests != self.wanted
        self.crowd = crowd

    def published(self) -> np.ndarray:
        return np.where(self.moves, self.wanted, self.rests)

    def published_keys(self) -> np.ndarray:
        return self.keys[self.published()]

    def flow(self) -> np.ndarray:
        return self.origin * len(self.keys) + self.published()

    def leaving_flow(self) -> np.ndarray:
        """The flows of those who leave, numbered after all others."""
        return len(self.keys) * (self.origin.max() + 1) + self.origin

    def rest(self, stopped: np.ndarray) -> None:
        """Let these combinations rest, and whoever could only have moved with them or cannot stay without them."""
        self.moves &= ~stopped
        moving = np.bincount(self.flow(), self.crowd.staying * self.moves)
        resting = np.bincount(self.origin, self.crowd.staying * ~self.moves)
        # The smallest flows first: they are the first to be too small, and the least loss where more must stay.
        held_back = []
        for flow in sorted(np.flatnonzero(moving), key=lambda flow: (moving[flow], flow)):
            origin = flow // len(self.keys)
            if moving[flow] < self.crowd.minimum or 0 < resting[origin] < self.crowd.minimum:
                held_back.append(flow)
                resting[origin] += moving[flow]
        self.moves &= ~np.isin(self.flow(), held_back)

    def smallest(self, combinations: np.ndarray) -> np.ndarray:
        """The combinations of the smallest flow that moves and has users among these."""
        flows = self.flow()
        candidates = np.unique(flows[combinations & self.moves & (self.crowd.staying > 0)])
        if not candidates.size:
            return np.zeros(len(flows), dtype=bool)
        sizes = np.bincount(flows, self.crowd.staying * self.moves)
        smallest = min(candidates, key=lambda flow: (sizes[flow], flow))
        return self.moves & (flows == smallest)


class Remainder(NamedTuple):
    """Too few users, told by a group of one scheme and flows of another. Each array holds an item per combination."""

    group: np.ndarray  # who stay are in the group
    side: np.ndarray  # who stay are on the side of the few, within the group or outside of it
    few: np.ndarray  # who stay are among the few
    leaving_side: np.ndarray  # who leave are on the side of the few
    leaving_few: np.ndarray  # who leave are among the few
    is_inside: bool  # whether the few lie within the group


def repair(groups: Scheme, flows: Scheme, crowd: Crowd) -> bool:
    """Hold back flows until no group of one scheme can be told from flows of the other but for too few users.

    Returns whether anything had to be done.
    """
    is_repaired = False
    while (remainder := exposed(groups, flows, crowd)) is not None:
        is_repaired = True
        group, side, few, _, _, is_inside = remainder
        own, theirs = (groups, flows) if is_inside else (flows, groups)
        is_here = crowd.staying > 0
        within = side & ~np.isin(flows.flow(), np.unique(flows.flow()[~side & is_here]))
        touching = np.isin(groups.rests, np.unique(groups.published()[group])) | group
        for scheme, stopped in (
            (own, few & own.moves),
            (theirs, few & theirs.moves),
            (flows, flows.smallest(within)),
            (groups, groups.smallest(touching)),
            (groups, groups.smallest(is_here)),
            (flows, flows.smallest(is_here)),
        ):
            if stopped.any():
                scheme.rest(stopped)
                break
        else:
            # Nobody moves any more: it is those who are gone who give the few away.
            if few.any():
                crowd.wait(few)
            elif not join_leavers(remainder, groups, flows, crowd):
                break
            crowd.balance()
    return is_repaired


def join_leavers(remainder: Remainder, groups: Scheme, flows: Scheme, crowd: Crowd) -> bool:
    """Let others wait so that the few are more, or are few no longer; returns whether there were any."""
    few, side = remainder.leaving_few, remainder.leaving_side
    own_origin, their_origin = np.isin(groups.origin, groups.origin[few]), np.isin(flows.origin, flows.origin[few])
    # One user from beyond makes a whole flow of leavers straddle the border of the group.
    beyond = np.isin(flows.origin, flows.origin[side & ~few]) & ~np.isin(groups.origin, groups.origin[side])
    count = crowd.minimum - crowd.leaving[few].sum()
    return any(
        crowd.accompany(companions, count)
        for companions in (own_origin & their_origin, beyond, own_origin, their_origin, crowd.staying > 0)
    )


def exposed(groups: Scheme, flows: Scheme, crowd: Crowd) -> Remainder | None:
    """The first group of one scheme that flows of the other tell from themselves but for too few users, if any."""
    users = np.concatenate([crowd.staying, crowd.leaving])
    flow = np.concatenate([flows.flow(), flows.leaving_flow()])
    flow_sizes = np.bincount(flow, users)
    nowhere = np.full(len(crowd.leaving), -1)
    for group in (
        np.concatenate([groups.flow(), groups.leaving_flow()]),
        np.concatenate([groups.published(), nowhere]),
        np.concatenate([groups.was, groups.was]),
        np.concatenate([groups.before, groups.before]),
    ):
        # Row 0 is of users in no group.
        inside = np.bincount((group + 1) * len(flow_sizes) + flow, users, (group.max() + 2) * len(flow_sizes))
        inside = inside.reshape(-1, len(flow_sizes))
        outside = flow_sizes - inside
        straddles = (inside > 0) & (outside > 0)
        for rest, is_inside in ((inside, True), (outside, False)):
            few_groups = np.flatnonzero(crowd.is_few((rest * straddles).sum(axis=1)[1:]))
            if few_groups.size:
                members = group == few_groups[0]
                side = (members if is_inside else ~members) & (users > 0)
                few = side & straddles[few_groups[0] + 1][flow]
                (side, leaving_side), (few, leaving_few) = np.split(side, 2), np.split(few, 2)
                return Remainder(np.split(members & (users > 0), 2)[0], side, few, leaving_side, leaving_few, is_inside)
    return None
