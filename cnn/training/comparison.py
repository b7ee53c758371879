"""Networks trained under the same conditions, over several seeds: which runs belong to it, which
are missing, and what they say together. Pure: runs in, rows and curves out.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, sqrt

from cnn.network.architecture import Architecture
from cnn.network.trace import Trace, trace
from cnn.training.configuration import Configuration, ConfigurationError
from cnn.training.run import LIVE, Epoch, Run, State, recipe

MOST_SEEDS = 10
SETTLED = (State.FINISHED, State.DIVERGED)
"""A run in one of these states would come out the same again."""

_PREFERENCE = (
    *(State.FINISHED, State.RUNNING, State.PAUSED, State.QUEUED, State.DIVERGED),
    *(State.STOPPED, State.INTERRUPTED, State.FAILED),
)


@dataclass(frozen=True, slots=True)
class Entrant:
    """A network in a comparison, fitted to its data; `id` is its zoo id or its link's code."""

    id: str
    architecture: Architecture

    @property
    def name(self) -> str:
        return self.architecture.name


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is compared, under which conditions, and over how many seeds (0, 1, 2, ...)."""

    entrants: tuple[Entrant, ...]
    configuration: Configuration
    seeds: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.seeds <= MOST_SEEDS:
            raise ConfigurationError(f"seeds must be 1 to {MOST_SEEDS}, got {self.seeds}.")

    def with_seed(self, seed: int) -> Configuration:
        return replace(self.configuration, seed=seed)

    def recipes(self) -> list[str]:
        """What every run of the plan is found again by."""
        return [
            recipe(entrant.architecture, self.with_seed(seed))
            for entrant in self.entrants
            for seed in range(self.seeds)
        ]


@dataclass(frozen=True, slots=True)
class Group:
    """The runs of one entrant, one for each seed; None where there is none yet."""

    entrant: Entrant
    runs: tuple[Run | None, ...]

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
            seed: run.state
            for seed, run in enumerate(self.runs)
            if run and run.state not in (*LIVE, State.FINISHED)
        }


@dataclass(frozen=True, slots=True)
class Summary:
    """Mean and spread of a figure over the seeds that have it."""

    mean: float
    sd: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Row:
    """An entrant in the table: what it is made of, and what came of its runs so far."""

    group: Group
    trace: Trace
    test_accuracy: Summary | None
    best_validation: Summary | None
    seconds_per_epoch: Summary | None
    images_per_s: Summary | None
    test_images: int | None

    @property
    def receptive_field(self) -> tuple[int, int]:
        """The input pixels that one cell of the last map sees."""
        maps = [row for row in self.trace.rows if len(row.output_shape) == 3]
        return maps[-1].receptive_field.size if maps else (1, 1)

    @property
    def error_of_mean(self) -> float | None:
        """How far the mean test accuracy may be off by chance.

        By the spread over seeds, or by the choice of test images where that says more: one seed
        has no spread, and ten seeds share their test images.
        """
        found = self.test_accuracy
        if found is None or not self.test_images:
            return None
        over_images = sqrt(max(found.mean * (1 - found.mean), 0) / self.test_images)
        over_seeds = (found.sd or 0.0) / sqrt(found.n)
        return max(over_images, over_seeds)


@dataclass(frozen=True, slots=True)
class MeanCurve:
    """A figure over the epochs: its mean, and one standard deviation to either side, as far as
    there are such figures: no loss below 0, no accuracy above 1.
    """

    epochs: tuple[int, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    trainings: int


def groups(plan: Plan, found: Iterable[Run]) -> list[Group]:
    """Puts runs to the entrants and seeds they belong to; of several, the one that says most."""
    by_recipe: dict[str, list[Run]] = defaultdict(list)
    for run in found:
        by_recipe[run.recipe].append(run)

    def best(architecture: Architecture, seed: int) -> Run | None:
        runs = by_recipe[recipe(architecture, plan.with_seed(seed))]
        return min(runs, key=_rank, default=None)

    return [
        Group(entrant, tuple(best(entrant.architecture, seed) for seed in range(plan.seeds)))
        for entrant in plan.entrants
    ]


def _rank(run: Run) -> tuple[int, float]:
    return _PREFERENCE.index(run.state), -run.created_at


def missing(plan: Plan, found: Sequence[Group]) -> list[tuple[Entrant, Configuration]]:
    """What has to be trained: never begun, or ended by a hand or an accident. Seed by seed, so
    that a first result of every network comes early.
    """
    return [
        (group.entrant, plan.with_seed(seed))
        for seed in range(plan.seeds)
        for group in found
        if (run := group.runs[seed]) is None or run.state not in (*LIVE, *SETTLED)
    ]


def table(found: Sequence[Group], epochs: Mapping[str, Sequence[Epoch]]) -> list[Row]:
    """A row for each entrant; only finished runs count."""
    rows = []
    for group in found:
        done = group.finished
        results = [run.result for run in done if run.result]
        rows.append(
            Row(
                group=group,
                trace=trace(group.entrant.architecture),
                test_accuracy=summary([one.test_accuracy for one in results]),
                best_validation=summary(
                    [
                        max(epoch.val_accuracy for epoch in epochs[run.id])
                        for run in done
                        if epochs.get(run.id)
                    ]
                ),
                seconds_per_epoch=summary(
                    [
                        run.result.seconds / (run.result.epochs or run.configuration.epochs)
                        for run in done
                        if run.result
                    ]
                ),
                images_per_s=summary([one.images_per_s for one in results]),
                test_images=results[0].test_images if results else None,
            )
        )
    return rows


def summary(values: Sequence[float]) -> Summary | None:
    """Mean and sample standard deviation; one value has no deviation, none has no summary."""
    if not values:
        return None
    sd = statistics.stdev(values) if len(values) > 1 else None
    return Summary(statistics.fmean(values), sd, len(values))


def as_good_as_best(rows: Sequence[Row]) -> set[str]:
    """The ids of the entrant with the best mean test accuracy, and of those these runs cannot
    tell from it: within twice the error of the difference.
    """
    judged = [row for row in rows if row.test_accuracy and row.error_of_mean is not None]
    if len(judged) < 2:
        return set()
    best = max(judged, key=_mean)
    return {
        row.group.entrant.id
        for row in judged
        if _mean(best) - _mean(row) <= 2 * sqrt(_error(best) ** 2 + _error(row) ** 2) or row is best
    }


def _mean(row: Row) -> float:
    return row.test_accuracy.mean if row.test_accuracy else 0.0


def _error(row: Row) -> float:
    return row.error_of_mean or 0.0


def mean_curve(group: Group, epochs: Mapping[str, Sequence[Epoch]], field: str) -> MeanCurve | None:
    """A figure over the epochs of the runs that are finished or under way."""
    followed = [run for run in group.runs if run and run.state in (*LIVE, State.FINISHED)]
    curves = [curve for run in followed if (curve := epochs.get(run.id))]
    if not curves:
        return None
    numbers, means, lows, highs = [], [], [], []
    highest = 1.0 if field.endswith("accuracy") else inf
    for place in range(max(map(len, curves))):
        reached = [curve[place] for curve in curves if place < len(curve)]
        found = summary([getattr(epoch, field) for epoch in reached])
        assert found is not None
        numbers.append(reached[0].epoch)
        means.append(found.mean)
        lows.append(max(found.mean - (found.sd or 0.0), 0.0))
        highs.append(min(found.mean + (found.sd or 0.0), highest))
    return MeanCurve(tuple(numbers), tuple(means), tuple(lows), tuple(highs), len(curves))


def colours(ids: Sequence[str], known: Sequence[str], count: int) -> dict[str, int]:
    """A colour's number for each entrant: always the same for a known network, as far as two do
    not want the same.
    """
    taken: dict[str, int] = {}
    for id in ids:
        wanted = known.index(id) % count if id in known else sum(id.encode()) % count
        free = [place % count for place in range(wanted, wanted + count)]
        unused = [place for place in free if place not in taken.values()]
        taken[id] = (unused or free)[0]
    return taken
