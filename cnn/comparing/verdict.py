"""What a table of networks may claim: which are better than which, all pairs judged by one rule.

One level is shared by all pairs of networks that can be judged under the same conditions, shown or
not (Bonferroni); each time that seeds were added to a pair after a look, a quarter of it is left.
So of tables whose networks do not differ few say that some do: `docs/statistics.md` has how many
did, in which worlds. And a pair is judged alike in every table that it stands in. An experiment
that asks for certain pairs, as the depth experiment does, judges those alone. Stars and sentences
of a page all read the same claims, so that they cannot contradict each other.
"""

from __future__ import annotations

import itertools
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import comb

import numpy as np

from cnn.comparing import verdict_words
from cnn.comparing.answers import Answers, AnswersError, Read, shared_seeds, why_not_comparable
from cnn.comparing.comparison import Group
from cnn.comparing.looks import batches_of, looks_at
from cnn.comparing.same_data import differences
from cnn.comparing.significance import (
    FEWEST_SEEDS,
    LEVEL,
    Answered,
    OnImages,
    OverSeeds,
    Right,
    answered,
    level_at,
    on_images,
    over_seeds,
)
from cnn.training.recipe.run import Run

UNTOLD = "It cannot be told: "
"""What the sentence of a pair begins with that is not judged; the reason follows."""


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
    looks: int = 1

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
class Sharing:
    """The pairs that have the level together, and how many of their networks are not shown."""

    pairs: int
    unseen: int = 0


@dataclass(frozen=True, slots=True)
class Claims:
    """All that a table says of who is better: each two networks, and the ids that get a star.

    Claims about networks share the level apart from those about trained networks.
    """

    judgements: tuple[Judgement, ...]
    best: frozenset[str]
    of_networks: Sharing
    of_trained: Sharing
    are_asked: bool = False

    @property
    def sharing(self) -> Sharing:
        """That of what is claimed: of trained networks, where nothing else can be."""
        are_trained = any(one.images for one in self.judgements)
        are_networks = any(one.seeds for one in self.judgements)
        return self.of_trained if are_trained and not are_networks else self.of_networks

    @property
    def looks(self) -> int:
        """The most that any two of the networks may have been looked at."""
        return max((one.looks for one in self.judgements), default=1)

    @property
    def level(self) -> float:
        """What all pairs have together, at that look."""
        return level_at(self.looks)

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
    """The pairs that an experiment asks about, by ids; and what has the level together: those that
    it would ask about, were all trained, if these were chosen before anything was trained. Else
    None, as in a table of all pairs.
    """

    pairs: frozenset[tuple[str, str]]
    sharing: Sharing | None


def claims(
    found: Sequence[Group], read: Read, asked: Asked | None = None, others: Sequence[Group] = ()
) -> Claims:
    """Judges each two networks of a table that have finished runs, or those asked about.

    `others` were trained under the same conditions, and are not shown (`beside`).
    """
    done = [group for group in found if group.finished]
    of_networks, of_trained = (
        (asked and asked.sharing) or _sharing(found, others, fewest) for fewest in (FEWEST_SEEDS, 1)
    )
    table = _Table(
        of_networks.pairs,
        of_trained.pairs,
        batches_of([*found, *others]),
        any(one.live for one in found),
        read,
    )
    judged = tuple(
        table.judged(first, second)
        for first, second in itertools.combinations(done, 2)
        if asked is None or _ids(first, second) in asked.pairs
    )
    is_one_test = not differences(done).forbid
    best = _best(done, judged) if is_one_test else frozenset()
    are_asked = asked is not None and asked.sharing is not None
    return Claims(judged, best, of_networks, of_trained, are_asked)


def _sharing(found: Sequence[Group], others: Sequence[Group], fewest: int) -> Sharing:
    """All pairs of those shown, not trained yet ones too, and of the others with so many seeds."""
    unseen = sum(len(one.finished) >= fewest for one in others)
    return Sharing(max(comb(len(found) + unseen, 2), 1), unseen)


def _ids(first: Group, second: Group) -> tuple[str, str]:
    return first.entrant.id, second.entrant.id


@dataclass(frozen=True, slots=True)
class _Table:
    pairs: int
    trained_pairs: int
    batches: Sequence[Counter[str]]
    is_live: bool
    read: Read
    kept: dict[tuple[str, ...], Answered] = field(default_factory=dict)

    def judged(self, first: Group, second: Group) -> Judgement:
        names = first.entrant.name, second.entrant.name
        shared = tuple(shared_seeds(first, second))
        images = seeds = None
        looks = looks_at(_ids(first, second), self.batches)
        try:
            if apart := differences([first, second]).forbid:
                raise _Untold(f"{UNTOLD}{apart[0]}")
            fewest = min(len(first.finished), len(second.finished))
            if fewest < FEWEST_SEEDS:
                images = self._on_images(first, second, shared)
                said: tuple[str, ...] = (
                    verdict_words.images_sentence(*names, images, shared, self.trained_pairs),
                    verdict_words.too_few_seeds(fewest),
                )
            else:
                seeds = self._over_seeds(first, second, looks)
                said = (verdict_words.seeds_sentence(*names, seeds, self.pairs),)
        except _Untold as reason:
            said = (str(reason),)
        return Judgement(*names, _ids(first, second), shared, images, seeds, said, looks)

    def _over_seeds(self, first: Group, second: Group, looks: int) -> OverSeeds:
        if self.is_live:
            raise _Untold(
                "It is judged when the trainings under way have ended: who looks after each seed "
                "finds by chance what is not there."
            )
        level = level_at(looks) / self.pairs
        return over_seeds(*self._answers(first.finished, second.finished), level)

    def _on_images(self, first: Group, second: Group, shared: Sequence[int]) -> OnImages:
        if not shared:
            raise _Untold(f"{UNTOLD}no seed has a finished run of both.")
        ours, theirs = (
            [run for run in group.finished if run.configuration.seed in shared]
            for group in (first, second)
        )
        return on_images(*self._answers(ours, theirs), LEVEL / self.trained_pairs)

    def _answers(self, ours: Sequence[Run], theirs: Sequence[Run]) -> tuple[Answered, Answered]:
        """Of two networks, provided that all of their runs answered the same test."""
        try:
            reference = self.read(ours[0])
            for run in (*ours, *theirs):
                if reason := why_not_comparable(ours[0], run, reference, self.read(run)):
                    raise _Untold(f"{UNTOLD}{reason}")
            return self._answered(ours), self._answered(theirs)
        except AnswersError as error:
            raise _Untold(f"{UNTOLD}{error}") from error

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
