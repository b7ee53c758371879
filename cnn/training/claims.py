"""What a table of networks may claim: which are better than which, all pairs judged by one rule.

One level is shared by all pairs of the table (Bonferroni), and halved each time that seeds were
added after a look, so that of tables whose networks do not differ few say that some do:
`docs/statistics.md` has how many did, in which worlds. An experiment that asks for certain pairs,
as the depth experiment does, judges those alone. Stars and sentences of a page all read the same
claims, so that they cannot contradict each other.
"""

from __future__ import annotations

import itertools
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import comb, inf

import numpy as np

from cnn.training import verdict_words
from cnn.training.answers import Answers, AnswersError, Read, shared_seeds, why_not_comparable
from cnn.training.comparison import Group
from cnn.training.run import Run
from cnn.training.same_data import differences
from cnn.training.significance import (
    FEWEST_SEEDS,
    LEVEL,
    Answered,
    OnImages,
    OverSeeds,
    Right,
    answered,
    on_images,
    over_seeds,
)

PAUSE_S = 60.0
"""Seeds begun so long after the earlier ones had ended may have been added after a look; a program
that trains one after the other takes less, if the machine is not very busy.
"""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is known of the difference of two networks, in figures and in sentences."""

    first: str
    second: str
    ids: tuple[str, str]
    shared_seeds: tuple[int, ...]
    images: OnImages | None
    seeds: OverSeeds | None
    sentences: tuple[str, ...]

    @property
    def better(self) -> tuple[str, str] | None:
        """The ids of the better and of the worse network, where one is shown to be better."""
        if self.seeds is None or not self.seeds.is_real:
            return None
        first, second = self.ids
        return (first, second) if self.seeds.difference > 0 else (second, first)

    def turned(self) -> Judgement:
        """The same with the second network first; what is said of them stays as it is."""
        return replace(
            self,
            first=self.second,
            second=self.first,
            ids=self.ids[::-1],
            images=self.images and self.images.turned(),
            seeds=self.seeds and self.seeds.turned(),
        )


@dataclass(frozen=True, slots=True)
class Claims:
    """All that a table says of who is better: each two networks, and the ids that get a star."""

    judgements: tuple[Judgement, ...]
    best: frozenset[str]
    pairs: int
    looks: int
    are_asked: bool = False

    @property
    def level(self) -> float:
        """What all pairs of the table have together."""
        return LEVEL * 0.5 ** (self.looks - 1)

    def of(self, first: str, second: str) -> Judgement | None:
        """The judgement of two networks by their ids: of the first against the second."""
        for one in self.judgements:
            if set(one.ids) == {first, second}:
                return one if one.ids == (first, second) else one.turned()
        return None


class _Untold(Exception):
    """Nothing can be told of two networks; says why."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The pairs that an experiment asks about, chosen before anything was trained, by ids; and how
    many it would ask about, were all trained.
    """

    pairs: frozenset[tuple[str, str]]
    in_all: int


def claims(found: Sequence[Group], read: Read, asked: Asked | None = None) -> Claims:
    """Judges each two networks of a table that have finished runs, or those asked about."""
    done = [group for group in found if group.finished]
    pairs = comb(len(found), 2) if asked is None else asked.in_all
    table = _Table(max(pairs, 1), looks(found), any(one.live for one in found), read)
    judged = tuple(
        table.judged(first, second)
        for first, second in itertools.combinations(done, 2)
        if asked is None or _ids(first, second) in asked.pairs
    )
    is_one_test = not differences(done).forbid
    best = _best(done, judged) if is_one_test else frozenset()
    return Claims(judged, best, table.pairs, table.looks, asked is not None)


def _ids(first: Group, second: Group) -> tuple[str, str]:
    return first.entrant.id, second.entrant.id


@dataclass(frozen=True, slots=True)
class _Table:
    pairs: int
    looks: int
    is_live: bool
    read: Read
    kept: dict[tuple[str, ...], Answered] = field(default_factory=dict)

    def judged(self, first: Group, second: Group) -> Judgement:
        names = first.entrant.name, second.entrant.name
        shared = tuple(shared_seeds(first, second))
        images = seeds = None
        try:
            if apart := differences([first, second]).forbid:
                raise _Untold(f"It cannot be told: {apart[0]}")
            fewest = min(len(first.finished), len(second.finished))
            if fewest < FEWEST_SEEDS:
                images = self._on_images(first, second, shared)
                said: tuple[str, ...] = (
                    verdict_words.images_sentence(*names, images, shared),
                    verdict_words.too_few_seeds(fewest),
                )
            else:
                seeds = self._over_seeds(first, second)
                said = (verdict_words.seeds_sentence(*names, seeds),)
        except _Untold as reason:
            said = (str(reason),)
        return Judgement(*names, _ids(first, second), shared, images, seeds, said)

    def _over_seeds(self, first: Group, second: Group) -> OverSeeds:
        if self.is_live:
            raise _Untold(
                "It is judged when the trainings under way have ended: who looks after each seed "
                "finds by chance what is not there."
            )
        level = LEVEL * 0.5 ** (self.looks - 1) / self.pairs
        return over_seeds(*self._answers(first.finished, second.finished), level)

    def _on_images(self, first: Group, second: Group, shared: Sequence[int]) -> OnImages:
        if not shared:
            raise _Untold("It cannot be told: no seed has a finished run of both.")
        ours, theirs = (
            [run for run in group.finished if run.configuration.seed in shared]
            for group in (first, second)
        )
        return on_images(*self._answers(ours, theirs), LEVEL / self.pairs)

    def _answers(self, ours: Sequence[Run], theirs: Sequence[Run]) -> tuple[Answered, Answered]:
        """Of two networks, provided that all of their runs answered the same test."""
        try:
            reference = self.read(ours[0])
            for run in (*ours, *theirs):
                if reason := why_not_comparable(ours[0], run, reference, self.read(run)):
                    raise _Untold(f"It cannot be told: {reason}")
            return self._answered(ours), self._answered(theirs)
        except AnswersError as error:
            raise _Untold(f"It cannot be told: {error}") from error

    def _answered(self, runs: Sequence[Run]) -> Answered:
        ids = tuple(run.id for run in runs)
        if ids not in self.kept:
            self.kept[ids] = answered(np.stack([_right(self.read(run)) for run in runs]))
        return self.kept[ids]


def _right(own: Answers) -> Right:
    return np.asarray(own.given == own.labels)


def _best(done: Sequence[Group], judged: Sequence[Judgement]) -> frozenset[str]:
    """Those shown to be better than every other network, none of them than another of them."""
    better = {one.better for one in judged}
    means = {
        group.entrant.id: statistics.fmean(
            run.result.test_accuracy for run in group.finished if run.result
        )
        for group in done
    }
    order = sorted(means, key=lambda id: -means[id])
    for place in range(1, len(order)):
        top, rest = order[:place], order[place:]
        if all((one, other) in better for one in top for other in rest):
            is_one_group = not any((one, other) in better for one in top for other in top)
            return frozenset(top) if is_one_group else frozenset()
    return frozenset()


def looks(found: Sequence[Group]) -> int:
    """How often these networks may have been looked at, by when their seeds came: once, and once
    more for each time that a network got seeds after it, and another, could be judged.
    """
    named = [(run, group.entrant.id) for group in found for run in group.finished]
    batches: list[list[str]] = []
    over = -inf
    for run, id in sorted(named, key=lambda one: one[0].created_at):
        if run.created_at > over + PAUSE_S:
            batches.append([])
        batches[-1].append(id)
        over = max(over, run.finished_at or run.created_at)
    had: Counter[str] = Counter()
    count = 1
    for batch in batches:
        judged = {id for id, seeds in had.items() if seeds >= FEWEST_SEEDS}
        count += len(judged) > 1 and not judged.isdisjoint(batch)
        had.update(batch)
    return count
