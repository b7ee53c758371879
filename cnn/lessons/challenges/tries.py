"""The tries at a challenge: trainings that were named for it before their test images were seen.

The first that came to a result counts. Whoever tries again chooses by the test images, so each
later try has its number wherever it is shown. So has a training that nobody named, where one of
the same network and settings is named after its test, whatever their seeds: it is a try that
cannot pass, unless it was deleted before. Names are rows of progress: deleting a run does not undo
them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cnn.lessons import progress
from cnn.lessons.challenges import goals
from cnn.lessons.challenges.goals import Goals, Judged
from cnn.lessons.progress import Event, Standing
from cnn.network.architecture import Architecture
from cnn.network.trace import Trace, trace
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.elsewhere import Elsewhere
from cnn.training.recipe.run import Run
from cnn.training.recipe.unreadable import Unreadable
from cnn.training.store.run_list import with_any_seed
from cnn.training.store.store import Store

PREFIX = "challenge-"
NAMED, SEEN = 1, 0
"""What a row of progress says of a training: it was named, or it was tested before one like it."""


@dataclass(frozen=True, slots=True)
class Try:
    """A training named for a challenge; the number is that of its look at the test images.

    `run` is None where it was deleted, tested or not, or came to its test in another version of the
    program, which this one cannot read: it counts as a try all the same, and as none that passed.
    So does one that was not named before its test.
    """

    number: int
    run: Run | None
    is_passed: bool
    was_named: bool = True


def name(store: Store, wanted: Goals, standing: Standing, run_id: str) -> tuple[Event, ...]:
    """What names a training for a challenge; it is to be kept before the training has begun."""
    run = store.get(run_id)
    before = (
        seen_before(store, wanted, standing, run.architecture, run.configuration) if run else []
    )
    seen = [one.id for one in before if one.id != run_id]
    key = _key(wanted)
    return (
        *(progress.noted(key, one, SEEN) for one in seen),
        progress.noted(key, run_id, NAMED),
    )


def seen_before(
    store: Store,
    wanted: Goals,
    standing: Standing,
    architecture: Architecture,
    configuration: Configuration,
) -> list[Run]:
    """The trainings like this one, but for the seed, that were tested and are no tries so far."""
    known = {run_id for run_id, _ in _noted(wanted, standing)}
    alike = with_any_seed(store, architecture, configuration)
    return [one for one in alike if one.result is not None and one.id not in known]


def tries(store: Store, wanted: Goals, standing: Standing) -> tuple[Try, ...]:
    """All tries at a challenge, the first one first; one that came to no test is none."""
    found: list[Try] = []
    for run_id, was_named in _noted(wanted, standing):
        run = store.look_up(run_id)
        if run is not None and not _is_tested(run):
            continue
        run = run if isinstance(run, Run) else None
        passes = run is not None and passed(goals.judged(wanted, trace(run.architecture), run))
        found.append(Try(len(found) + 1, run, was_named and passes, was_named))
    return tuple(found)


def is_named(wanted: Goals, standing: Standing, run_id: str) -> bool:
    """Whether a training was named for a challenge."""
    return (run_id, True) in _noted(wanted, standing)


def passed(judged: Sequence[Judged]) -> bool:
    """Whether every goal is met."""
    return all(one.is_met for one in judged)


def first_passed(some: Sequence[Try]) -> Try | None:
    """The first try that passed, if one did."""
    return next((one for one in some if one.is_passed), None)


def of_network(some: Sequence[Try], traced: Trace) -> Try | None:
    """The first try with this very network that was named."""
    named = (one for one in some if one.run and one.was_named)
    return next((one for one in named if one.run and goals.is_of(one.run, traced)), None)


def next_number(store: Store, wanted: Goals, standing: Standing) -> int:
    """The number that the next try will have, if those under way come to their test before it.

    Of its own kind, `seen_before` may find more, which come before it too.
    """
    runs = [store.look_up(run_id) for run_id, _ in _noted(wanted, standing)]
    return 1 + sum(run is None or run.is_live or _is_tested(run) for run in runs)


def in_words(some: Sequence[Try]) -> str:
    """What came of the tries at a challenge, for who reads of it elsewhere."""
    won, many = first_passed(some), len(some)
    if won is None:
        return f"not passed in {many} {'try' if many == 1 else 'tries'}"
    if won.number == 1:
        return "passed at the first try"
    if not some[0].was_named:
        return f"passed at try {won.number}; the first, which counts, was not named beforehand"
    return f"passed at try {won.number}; the first try, which counts, did not"


def _is_tested(run: Run | Elsewhere | Unreadable) -> bool:
    return run.result is not None if isinstance(run, Run) else run.is_tested


def _noted(wanted: Goals, standing: Standing) -> list[tuple[str, bool]]:
    """The ids of all that count, in their order, and whether each was named before its test."""
    key = _key(wanted)
    noted: dict[str, int] = {}
    for one in standing.events:
        if one.lesson == key:
            noted.setdefault(one.item, one.choice)
    return [(run_id, choice != SEEN) for run_id, choice in noted.items()]


def _key(wanted: Goals) -> str:
    return PREFIX + hashlib.sha256(goals.written(wanted).encode()).hexdigest()[:16]
