"""Networks trained under the same conditions, over several seeds: which runs belong to it, and
which are missing. Pure: runs in, groups of them out. What they say is in `standings`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cnn.comparing.budget import Budget, Equal
from cnn.network.architecture import Architecture
from cnn.training.recipe.configuration import Configuration, ConfigurationError
from cnn.training.recipe.run import LIVE, Run, State, recipe

MOST_SEEDS = 10
MOST_LAYERS = 6_000
"""Of all networks together: each is worked out anew whenever a page is, a third of a millisecond
for a layer.
"""
SETTLED = (State.FINISHED, State.DIVERGED)
"""A run in one of these states would come out the same again."""

_PREFERENCE = (
    *(State.FINISHED, State.RUNNING, State.PAUSED, State.QUEUED, State.DIVERGED),
    *(State.STOPPED, State.INTERRUPTED, State.FAILED),
)


@dataclass(frozen=True, slots=True)
class Entrant:
    """A network in a comparison, fitted to its data by `changes`, a sentence each.

    `id` is its zoo id or its link's code. Where all are given as many MACs, or as much time, it has
    a configuration of its own, which says how many steps or seconds that is.

    One that is a `run` stands as it was trained, whatever the conditions. `files` are what its runs
    are to have from the first, such as the weights that they begin with.
    """

    id: str
    architecture: Architecture
    changes: tuple[str, ...] = ()
    configuration: Configuration | None = None
    run: Run | None = None
    files: Mapping[str, bytes] = field(default_factory=dict, compare=False, repr=False)

    @property
    def name(self) -> str:
        """Its network's, or what tells a run from others of the same network."""
        if self.run is None:
            return self.architecture.name
        called = self.run.name
        return called if called != self.architecture.name else f"{called}, run {self.run.id[:4]}"


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is compared, under which conditions, and over how many seeds (0, 1, 2, ...)."""

    entrants: tuple[Entrant, ...]
    configuration: Configuration
    seeds: int = 1
    budget: Budget = field(default_factory=Budget)

    def __post_init__(self) -> None:
        if not 1 <= self.seeds <= MOST_SEEDS:
            raise ConfigurationError(f"seeds must be 1 to {MOST_SEEDS}, got {self.seeds}.")

    def of(self, entrant: Entrant, seed: int) -> Configuration:
        """How one entrant is trained with one seed."""
        if entrant.run:
            return entrant.run.configuration
        return replace(entrant.configuration or self.configuration, seed=seed)

    @property
    def epochs(self) -> int | None:
        """The epochs of the longest training, where it is epochs that are given."""
        own = [self.of(entrant, 0) for entrant in self.entrants] or [self.configuration]
        if self.budget.equal is not Equal.EPOCHS or any(one.has_budget for one in own):
            return None
        return max(one.epochs for one in own)

    def recipes(self) -> list[str]:
        """What every run of the plan is found again by."""
        return [
            recipe(entrant.architecture, self.of(entrant, seed))
            for entrant in self.entrants
            if entrant.run is None
            for seed in range(self.seeds)
        ] + [entrant.run.recipe for entrant in self.entrants if entrant.run]


@dataclass(frozen=True, slots=True)
class Group:
    """The runs of one entrant, one for each seed; None where there is none yet. One that stands as
    it was trained has that run alone, whatever its seed.
    """

    entrant: Entrant
    runs: tuple[Run | None, ...]

    def of_seed(self, seed: int) -> Run | None:
        """The run with that seed."""
        return next((run for run in self.runs if run and run.configuration.seed == seed), None)

    @property
    def finished(self) -> list[Run]:
        return [run for run in self.runs if run and run.state is State.FINISHED]

    @property
    def live(self) -> list[Run]:
        return [run for run in self.runs if run and run.state in LIVE]

    @property
    def left_out(self) -> dict[int, State]:
        """The seeds that ended without a result, and how."""
        return {
            run.configuration.seed: run.state
            for run in self.runs
            if run and run.state not in (*LIVE, State.FINISHED)
        }

    @property
    def absent(self) -> list[int]:
        """The seeds without a run, where others have one: deleted, or never trained."""
        return [seed for seed, run in enumerate(self.runs) if run is None] if any(self.runs) else []

    @property
    def not_counted(self) -> list[str]:
        """Which seeds are in no mean, and why: ended without a result, or not there."""
        if self.entrant.run and not any(self.runs):
            return ["deleted meanwhile"]
        ended = [f"seed {seed} {state}, left out" for seed, state in self.left_out.items()]
        return ended + [f"seed {seed} not trained, or deleted" for seed in self.absent]


def groups(plan: Plan, found: Iterable[Run]) -> list[Group]:
    """Puts runs to the entrants and seeds they belong to; of several, the one that says most."""
    by_recipe: dict[str, list[Run]] = defaultdict(list)
    for run in found:
        by_recipe[run.recipe].append(run)

    def best(entrant: Entrant, seed: int) -> Run | None:
        runs = by_recipe[recipe(entrant.architecture, plan.of(entrant, seed))]
        return min(
            runs, key=lambda run: (_PREFERENCE.index(run.state), -run.created_at), default=None
        )

    def own(entrant: Entrant) -> tuple[Run | None, ...]:
        if entrant.run is None:
            return tuple(best(entrant, seed) for seed in range(plan.seeds))
        there = (run for run in by_recipe[entrant.run.recipe] if entrant.run.id == run.id)
        return (next(there, None),)

    return [Group(entrant, own(entrant)) for entrant in plan.entrants]


def missing(plan: Plan, found: Sequence[Group]) -> list[tuple[Entrant, Configuration]]:
    """What has to be trained: never begun, or ended by a hand or an accident. Seed by seed, so
    that a first result of every network comes early.
    """
    return [
        (group.entrant, plan.of(group.entrant, seed))
        for seed in range(plan.seeds)
        for group in found
        if group.entrant.run is None
        and ((run := group.runs[seed]) is None or run.state not in (*LIVE, *SETTLED))
    ]


def all_missing(
    plans: Sequence[Plan], found: Sequence[Sequence[Group]]
) -> list[tuple[Entrant, Configuration]]:
    """The same for several plans at once, what two of them want being trained once."""
    wanted = [one for plan, own in zip(plans, found, strict=True) for one in missing(plan, own)]
    once = {
        recipe(entrant.architecture, settings): (entrant, settings) for entrant, settings in wanted
    }
    return sorted(once.values(), key=lambda one: one[1].seed)


def colours(ids: Sequence[str], known: Sequence[str], count: int) -> dict[str, int]:
    """A colour's number for each entrant: always the same for a known network, as far as two do
    not want the same.
    """
    taken: dict[str, int] = {}
    for id in sorted(ids, key=lambda id: id not in known):
        wanted = known.index(id) % count if id in known else sum(id.encode()) % count
        free = [place % count for place in range(wanted, wanted + count)]
        unused = [place for place in free if place not in taken.values()]
        taken[id] = (unused or free)[0]
    return taken


@dataclass(frozen=True, slots=True)
class Again:
    """The command that does a comparison again, or the sentences why there is none."""

    command: str = ""
    why_not: tuple[str, ...] = ()
