"""A comparison in one sentence, for a reader who reads nothing else of it. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from cnn.comparing.findings import over_seeds_in_short
from cnn.comparing.standings import Row
from cnn.comparing.verdict import Claims, Judgement
from cnn.comparing.verdict_words import confidence, listed


def in_short(rows: Sequence[Row], told: Claims) -> str:
    """Who is ahead, who is behind, who cannot be told apart and by how much at most, which of
    those is the cheapest, and what would tell more; nothing where nothing can be told.

    It says what the claims of the table say, and no more: never that two networks are equal.
    """
    judged = [one for one in told.judgements if one.seeds]
    if not judged:
        return over_seeds_in_short(told.judgements)
    are_judged = {id for one in judged for id in one.ids}
    compared = [row for row in _best_first(rows) if row.id in are_judged]
    order = _Order.of(compared, judged)
    parts = [order.front(), *order.behind()]
    few = [row.name for row in rows if row.test_accuracy and row.id not in are_judged]
    if few:
        parts.append(f"of {listed(few)} nothing can be told yet")
    more = " More seeds would narrow this, best added all at once." if len(order.top) > 1 else ""
    return "; ".join(filter(None, parts)) + "." + more


def _best_first(rows: Sequence[Row]) -> list[Row]:
    known = [(row.test_accuracy.mean, row) for row in rows if row.test_accuracy]
    return [row for _, row in sorted(known, key=lambda one: -one[0])]


@dataclass(frozen=True, slots=True)
class _Order:
    """The networks that are judged, the best first, and the pairs (better, worse) shown."""

    rows: Sequence[Row]
    better: frozenset[tuple[str, str]]
    pairs: Mapping[frozenset[str], Judgement]

    @classmethod
    def of(cls, rows: Sequence[Row], judged: Sequence[Judgement]) -> _Order:
        shown = frozenset(one.better for one in judged if one.better)
        return cls(rows, shown, {frozenset(one.ids): one for one in judged})

    @property
    def top(self) -> list[Row]:
        """Those that no other is shown to be better than."""
        beaten = {worse for _, worse in self.better}
        return [row for row in self.rows if row.id not in beaten]

    def front(self) -> str:
        """What is said of those: one is better than others, or they cannot be told apart."""
        top = self.top
        names = [row.name for row in top]
        if len(top) > 1:
            return f"{listed(names)} cannot be told apart here{self._apart()}{self._cheapest()}"
        behind = [row.name for row in self.rows if (top[0].id, row.id) in self.better]
        rest = len(self.rows) - 1
        others = "each of the others" if len(behind) == rest > 1 else listed(behind)
        return f"{names[0]} is better than {others} here"

    def behind(self) -> list[str]:
        """Of each of the rest whom it is behind; all that are behind the same in one."""
        top = [row.id for row in self.top]
        whom: dict[tuple[str, ...], list[str]] = {}
        for row in self.rows:
            ahead = tuple(one.name for one in self.rows if (one.id, row.id) in self.better)
            is_behind_all = all((one, row.id) in self.better for one in top)
            if row.id not in top and not (len(top) == 1 and is_behind_all):
                whom.setdefault(() if is_behind_all else ahead, []).append(row.name)
        return [
            f"{listed(names)} {'is' if len(names) == 1 else 'are'} behind"
            f"{f' {listed(ahead)}' if ahead else ''}"
            for ahead, names in whom.items()
        ]

    def _apart(self) -> str:
        """How far apart the first ones are: two as measured, of more the largest difference that
        the intervals of all pairs leave open.
        """
        top = self.top
        pairs = [self.pairs.get(frozenset(ids)) for ids in combinations([row.id for row in top], 2)]
        inside = [one.seeds for one in pairs if one and one.seeds]
        if len(inside) < len(pairs):
            return ""
        if len(top) == 2 and pairs[0]:
            return _measured(top[0], top[1], pairs[0])
        most = max(max(-one.low, one.high) for one in inside)
        return f" (differences above {_up(most)} points are ruled out)" if most < 0.999 else ""

    def _cheapest(self) -> str:
        """The one with the fewest parameters and MACs; where these are two, each of them."""
        small = _least(self.top, lambda row: row.trace.total_params)
        fast = _least(self.top, lambda row: row.trace.total_macs)
        params = f"{small.trace.total_params:,}" if small else ""
        macs = f"{fast.trace.total_macs:,}" if fast else ""
        if small and fast and small.id == fast.id:
            cheap = "cheapest" if len(self.top) > 2 else "cheaper"
            of_both = f"{params} parameters and {macs} MACs an image"
            return f"; of these, {small.name} is the {cheap}, with {of_both}"
        said = [f"{small.name} has the fewest parameters ({params})"] if small else []
        if fast:
            said.append(f"{fast.name} {'' if small else 'has '}the fewest MACs an image ({macs})")
        return f"; of these, {', '.join(said)}" if said else ""


def _measured(first: Row, second: Row, pair: Judgement) -> str:
    """How far the first of two is ahead, with the interval."""
    found = pair.seeds if pair.ids[0] == first.id else pair.turned().seeds
    assert found
    if found.difference < 0:
        return _measured(second, first, pair)
    low, high = (_up(max(end, 0.0)) for end in (-found.low, found.high))
    points = f"{100 * found.difference:.{_decimals(found.difference)}f} points"
    measured = f"{first.name} was measured {points} ahead"
    if not found.difference:
        measured, low = f"measured {points} apart", f"{first.name} {low}"
    return f": {measured} ({confidence(found.level)} interval: {low} behind to {high} ahead)"


def _decimals(share: float) -> int:
    return 2 if 0 < share < 0.001 else 1


def _up(share: float) -> str:
    """In points, rounded up: an interval is never said to be narrower than it is."""
    decimals = _decimals(share)
    return f"{math.ceil(100 * share * 10**decimals - 1e-9) / 10**decimals:.{decimals}f}"


def _least(rows: Sequence[Row], count: Callable[[Row], int]) -> Row | None:
    """The one row that has the fewest; None where several have."""
    least, second, *_ = sorted(rows, key=count)
    return least if count(least) < count(second) else None
