"""A comparison in one sentence, for a reader who reads nothing else of it. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cnn.compare.findings import over_seeds_in_short
from cnn.compare.standings import Row
from cnn.compare.verdict import Claims, Judgement
from cnn.compare.verdict_words import listed


def in_short(rows: Sequence[Row], told: Claims) -> str:
    """Who is ahead, who is behind, who cannot be told apart and by how much at most, and which of
    those is the cheapest; nothing where nothing can be told.

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
    return "; ".join(filter(None, parts)) + "."


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
            return f"{listed(names)} cannot be told apart here{self._at_most()}{self._cheapest()}"
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

    def _at_most(self) -> str:
        """The largest difference that the intervals of all pairs of the first ones leave open."""
        ids = [row.id for row in self.top]
        inside = [one.seeds for pair, one in self.pairs.items() if pair <= set(ids) and one.seeds]
        if len(inside) < math.comb(len(ids), 2):
            return ""
        most = 100 * max(max(-one.low, one.high) for one in inside)
        decimals = 1 if most >= 0.1 else 2
        above = math.ceil(most * 10**decimals - 1e-9) / 10**decimals
        if above >= 100:
            return ""
        return f" (differences above {above:.{decimals}f} points are ruled out)"

    def _cheapest(self) -> str:
        least, *others = sorted(self.top, key=lambda row: row.trace.total_macs)
        if least.trace.total_macs == others[0].trace.total_macs:
            return ""
        macs = f"{least.trace.total_macs:,} MACs an image"
        cheap = "cheapest" if len(others) > 1 else "cheaper"
        return f"; of these, {least.name} is the {cheap}, with {macs}"
