"""The depth experiment: plain and residual networks of several depths, and what was measured.

Every sentence here is about finished runs; what depth is said to do elsewhere is not in it. Pure.
"""

from __future__ import annotations

import statistics
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations
from math import exp, log

from cnn.comparing.comparison import Entrant, Group, Plan
from cnn.comparing.significance import FEWEST_SEEDS
from cnn.comparing.standings import Row
from cnn.comparing.verdict import Asked, Claims, Sharing
from cnn.network.architecture import Architecture
from cnn.network.deep_networks import DEPTHS, MOST_DEEP, Way, deep_network
from cnn.network.layers import Conv2D
from cnn.network.trace import trace
from cnn.numbers import number
from cnn.training.recipe.fitting import is_fitted
from cnn.training.recipe.presets import FIRST
from cnn.training.recipe.run import GradientNorms

SEEDS_TO_SHIP = 5


class Moment(StrEnum):
    """When in a training gradients are looked at."""

    FIRST = "at the start"
    MEDIAN = "median of all"


@dataclass(frozen=True, slots=True)
class Member:
    """One network of the experiment."""

    depth: int
    way: Way
    batch_norm: bool = True

    @property
    def id(self) -> str:
        return f"{self.way}-{self.depth}{'' if self.batch_norm else '-no-norm'}"

    @property
    def kind(self) -> str:
        """What it has in common with the other depths of its curve."""
        return self.way.value.capitalize() + ("" if self.batch_norm else ", no batch norm")

    def network(self) -> Architecture:
        return deep_network(self.depth, self.way, batch_norm=self.batch_norm)


def members(depths: Iterable[int], batch_norm: Iterable[bool]) -> tuple[Member, ...]:
    """All networks of these depths, the shallow ones first, plain beside residual."""
    norms = sorted(set(batch_norm), reverse=True)
    return tuple(
        Member(depth, way, norm) for norm in norms for depth in sorted(set(depths)) for way in Way
    )


EVERY = members(range(DEPTHS[0], MOST_DEEP + 1, 6), [True, False])
"""All networks that the experiment can ask for."""


def shipped_plan() -> Plan:
    """What was trained for the results that ship: the usual depths, over several seeds."""
    own = members(DEPTHS, [True])
    return Plan(tuple(Entrant(one.id, one.network()) for one in own), FIRST, SEEDS_TO_SHIP)


@dataclass(frozen=True, slots=True)
class Extra:
    """What a residual network has beyond its shortcuts' additions, and a plain one has not."""

    projections: int
    params: int
    macs: int


def extra(depth: int, *, batch_norm: bool) -> Extra:
    """The residual network of a depth against the plain one, counted in both."""
    plain, residual = (trace(Member(depth, way, batch_norm).network()) for way in Way)
    kernels = [
        row for row in residual.rows if isinstance(row.layer, Conv2D) and "shortcut" in row.path
    ]
    return Extra(
        len(kernels),
        residual.total_params - plain.total_params,
        residual.total_macs - plain.total_macs,
    )


def what_differs(chosen: Iterable[Member]) -> str:
    """What two networks of a depth differ in: the additions, and all that comes with them."""
    kinds = sorted({(one.depth, one.batch_norm) for one in chosen})
    found: dict[tuple[Extra, bool], list[int]] = {}
    for depth, norm in kinds:
        found.setdefault((extra(depth, batch_norm=norm), norm), []).append(depth)
    said = [_of_extra(own, norm, depths) for (own, norm), depths in found.items()]
    if any(own.projections for own, _ in found):
        said.append("Otherwise their convolutions are the same.")
    return " ".join(said)


def _of_extra(own: Extra, norm: bool, depths: Sequence[int]) -> str:
    at = "At every depth chosen" if len(depths) > 1 else f"At depth {depths[0]}"
    if not own.projections:
        return f"{at}, that is all they differ in."
    return (
        f"{at}, the residual one also has 1×1 convolutions {'with' if norm else 'without'} batch "
        f"norm on {own.projections} shortcuts, where the map halves and the filters double: "
        f"{own.params:,} parameters and {own.macs:,} MACs more."
    )


def kernel_layers(architecture: Architecture) -> list[str]:
    """The names of the layers with a kernel on the way through the bodies, first to last."""
    return [
        row.name
        for row in trace(architecture).rows
        if row.layer.kernels and "shortcut" not in row.path
    ]


def gradient_profile(
    architecture: Architecture, measured: Sequence[Sequence[GradientNorms]], moment: Moment
) -> list[float]:
    """The gradient norm of each layer with a kernel, from the first to the last, over the runs of
    several seeds as their geometric mean; nothing where no run kept any.
    """
    kept = [run for run in measured if run]
    return [_mean([_at(run, name, moment) for run in kept]) for name in kernel_layers(architecture)]


def _at(run: Sequence[GradientNorms], name: str, moment: Moment) -> float:
    if moment is Moment.FIRST:
        return run[0].norms[name]
    return statistics.median(one.norms[name] for one in run)


def _mean(norms: Sequence[float]) -> float:
    """Norms differ by factors; one that is 0 leaves nothing of the mean."""
    if not norms or min(norms) <= 0:
        return 0.0
    return exp(statistics.fmean(map(log, norms)))


def of_gradients(kind: str, norms: Sequence[float]) -> str:
    """How the gradient changes on its way from the last convolution back to the first."""
    first, *_, last, _head = norms
    if first <= 0 or last <= 0:
        return f"{kind}: a gradient of exactly 0 does not train its layer."
    factor = first / last
    if _number(factor) == "1" or _number(1 / factor) == "1":
        return f"{kind}: the norms in the first and in the last convolution are alike."
    how = f"{_number(factor)} times" if factor >= 1 else f"1/{_number(1 / factor)} of"
    return f"{kind}: the norm in the first convolution is {how} that in the last."


def _number(factor: float) -> str:
    """Two digits: a norm of one step is not known better."""
    two = float(f"{factor:.2g}")
    return f"{two:,.0f}" if two >= 10 else number(two, 2)


def _depths_apart(of: Collection[Member]) -> list[tuple[Member, Member]]:
    """The shallowest and the deepest of each kind."""
    found = []
    for kind in dict.fromkeys(member.kind for member in of):
        own = sorted((member for member in of if member.kind == kind), key=lambda one: one.depth)
        if len(own) > 1:
            found.append((own[0], own[-1]))
    return found


def _ways_apart(of: Collection[Member]) -> list[tuple[Member, Member]]:
    """The plain and the residual network of the largest depth that has both."""
    found = []
    for norm in dict.fromkeys(member.batch_norm for member in of):
        own = [member for member in of if member.batch_norm is norm]
        both = [one.depth for one in own if all(Member(one.depth, way, norm) in of for way in Way)]
        if both:
            plain, residual = (Member(max(both), way, norm) for way in Way)
            found.append((plain, residual))
    return found


def asked(found: Mapping[Member, Group], others: Sequence[Group] = ()) -> Asked:
    """What the experiment asks: does depth help, and does the shortcut help at the largest?

    Of `others`, which are not shown (`beside`), it asks too where they are networks of its own. Who
    leaves some of them out asks for other pairs, chosen after the results were known: those share
    the level with all pairs there are.
    """

    def pairs(of: Collection[Member]) -> set[tuple[Member, Member]]:
        return {*_depths_apart(of), *_ways_apart(of)}

    done = [member for member, group in found.items() if group.finished]
    fewest = min([FEWEST_SEEDS, *(len(found[member].finished) for member in done)])
    unseen = {
        member
        for group in others
        if len(group.finished) >= fewest and (member := _member(group.entrant.architecture))
    }
    own, whole = pairs(done), pairs({*found, *unseen})
    either_way = (permutations((one.id, other.id)) for one, other in own)
    ids = frozenset((one, other) for pair in either_way for one, other in pair)
    return Asked(ids, Sharing(max(len(whole), 1), len(unseen)) if own <= whole else None)


def _member(architecture: Architecture) -> Member | None:
    """Which network of the experiment this is, whatever data its head was fitted to."""
    named = next((one for one in EVERY if one.network().name == architecture.name), None)
    return named if named and is_fitted(named.network(), architecture) else None


def findings(rows: Mapping[Member, Row], judged: Claims) -> list[str]:
    """What the finished runs say of depth, and of the shortcut, a sentence or two each."""
    done = {member: row for member, row in rows.items() if row.test_accuracy}
    return [
        *(_of_depth(low, high, done, judged) for low, high in _depths_apart(done)),
        *(_of_shortcut(plain, residual, done, judged) for plain, residual in _ways_apart(done)),
    ]


def _of_depth(low: Member, high: Member, done: Mapping[Member, Row], judged: Claims) -> str:
    kind = low.kind
    return (
        f"{kind}: {_share(done[low])} at depth {low.depth}, {_share(done[high])} at depth "
        f"{high.depth}. {_difference(low, high, judged)}"
    )


def _of_shortcut(
    plain: Member, residual: Member, done: Mapping[Member, Row], judged: Claims
) -> str:
    where = f"At depth {plain.depth}{'' if plain.batch_norm else ' without batch norm'}"
    return (
        f"{where}, plain has {_share(done[plain])}, residual {_share(done[residual])}. "
        f"{_difference(plain, residual, judged)}"
    )


def _difference(first: Member, second: Member, judged: Claims) -> str:
    """What the table may claim of two networks."""
    found = judged.of(first.id, second.id)
    assert found
    return " ".join(found.sentences)


def _share(row: Row) -> str:
    found = row.test_accuracy
    assert found
    many = f"mean of {found.n} seeds" if found.n > 1 else "one seed"
    return f"{100 * found.mean:.1f} % of {row.test_images:,} test images ({many})"
