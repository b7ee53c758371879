"""A folder of hand-ins, of which nothing is believed: each is done again, and judged by that."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cnn.data import DataError, Dataset, load
from cnn.lessons.assignments import checks
from cnn.lessons.assignments.assignment import Assignment
from cnn.lessons.assignments.copies import copies
from cnn.lessons.assignments.hand_in import HandInError
from cnn.lessons.assignments.opened import HandIn, opened
from cnn.lessons.assignments.replay import Measured, Replay
from cnn.lessons.challenges import goals
from cnn.lessons.challenges.goals import Judged
from cnn.lessons.challenges.tries import passed
from cnn.network.trace import trace
from cnn.training.recipe.run import Run

ENDING, MOST_FILES = ".zip", 1_000
ALL = 0
"""Every epoch is done again, and not a few of them."""

CANNOT_PROVE = (
    "who trained it, and with whose help;",
    "how many trainings were tried before this one;",
    "that it is no run that somebody else trained honestly and handed on;",
    "when it was trained: times are those of the learner's own clock.",
)


@dataclass(frozen=True, slots=True)
class Graded:
    """What came of one file: refused for a reason, or accepted with what was measured."""

    file: str
    found: HandIn | None = None
    reason: str = ""
    test: Measured | None = None
    judged: tuple[Judged, ...] = ()
    epochs: tuple[int, ...] = ()

    @property
    def is_accepted(self) -> bool:
        return not self.reason

    @property
    def is_passed(self) -> bool:
        return self.is_accepted and passed(self.judged)

    @property
    def is_late(self) -> bool | None:
        """By its own clock; None where there is nothing to be late for."""
        if self.found is None or self.found.assignment.due_at is None:
            return None
        return (self.found.run.finished_at or 0.0) > self.found.assignment.due_at


def files_in(path: Path) -> list[Path]:
    """The hand-ins of a folder, by name, or the one that a path is."""
    if not path.is_dir():
        return [path]
    found = sorted(one for one in path.iterdir() if one.suffix.lower() == ENDING and one.is_file())
    if not found:
        raise HandInError(f"{path} holds no hand-in: no file that ends in {ENDING}.")
    if len(found) > MOST_FILES:
        raise HandInError(
            f"{path} holds {len(found):,} files, and at most {MOST_FILES:,} are looked at together."
        )
    return found


def verify(
    files: Sequence[Path],
    wanted: Assignment | None = None,
    *,
    seed: int | None = None,
    epochs: int = 1,
    tell: Callable[[Graded], None] = lambda _: None,
) -> list[Graded]:
    """Grades each file, told as it is graded; `epochs` of each, chosen by the seed, are done again
    as a whole, beside the one whose weights were tested. Without an assignment, it is the one that
    most of them are of.
    """
    read = [_opened(path) for path in files]
    there = [one for one in read if isinstance(one, HandIn)]
    if wanted is None and there:
        counted = Counter(one.assignment.text for one in there)
        most = counted.most_common(1)[0][0]
        wanted = next(one.assignment for one in there if one.assignment.text == most)
    copied = copies(there)
    chance = random.Random(seed)
    kept: dict[tuple[int, int, int], Dataset] = {}
    graded = []
    for one in read:
        if isinstance(one, HandIn):
            one = _graded(one, wanted, copied.get(one.file, ""), chance, epochs, kept)
        graded.append(one)
        tell(one)
    return graded


def _opened(path: Path) -> HandIn | Graded:
    try:
        return opened(path)
    except HandInError as error:
        return Graded(path.name, reason=str(error))


def _graded(
    found: HandIn,
    wanted: Assignment | None,
    copied: str,
    chance: random.Random,
    epochs: int,
    kept: dict[tuple[int, int, int], Dataset],
) -> Graded:
    try:
        checks.check_task(found, wanted)
        checks.check_record(found)
        data = _data(found, kept)
        checks.check_data(found, data)
        checks.check_curve(found, data)
        checks.check_test(found, data)
        if copied:
            raise HandInError(copied)
        chosen = _chosen(found, epochs, chance)
        test = _replayed(found, data, chosen)
    except HandInError as error:
        return Graded(found.file, found, str(error))
    run = _as_measured(found, test)
    own = goals.judged(found.assignment.goals, trace(run.architecture), run)
    return Graded(found.file, found, "", test, own, chosen)


def _chosen(found: HandIn, epochs: int, chance: random.Random) -> tuple[int, ...]:
    """Which epochs are done again as a whole: that whose weights were tested, and others."""
    tested = checks.tested_epoch(found)
    others = [one.epoch for one in found.curve if one.epoch != tested]
    many = len(others) if epochs == ALL else min(epochs, len(others))
    return tuple(sorted([tested, *chance.sample(others, many)]))


def _replayed(found: HandIn, data: Dataset, chosen: Sequence[int]) -> Measured:
    replay = Replay(found, data)
    try:
        replay.check_states()
        test = replay.check_test()
        replay.check_validation()
        replay.check_first_steps()
        for epoch in chosen:
            replay.check_epoch(epoch)
    finally:
        replay.close()
    return test


def _as_measured(found: HandIn, test: Measured) -> Run:
    """Its run with what was measured here in the place of what it says of itself."""
    run = found.run
    assert run.result
    measured = replace(run.result, test_accuracy=test.accuracy, epochs=len(found.curve))
    return replace(run, result=measured)


def _data(found: HandIn, kept: dict[tuple[int, int, int], Dataset]) -> Dataset:
    """The images of the assignment, at the size that its design takes."""
    shape = found.run.architecture.input
    if shape not in kept:
        try:
            kept[shape] = load(found.assignment.data, shape)
        except DataError as error:
            raise HandInError(f"the data of the assignment are not here: {error}") from error
    return kept[shape]
