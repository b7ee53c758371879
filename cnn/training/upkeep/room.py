"""What runs keep, and what may go where it is too much: reckoned here, removed by `making_room`.

First the snapshots and weights of every epoch go, then checkpoints, then the single steps of
curves; of each kind those of the oldest runs first, and checkpoints of runs that were cut off last.
Nothing goes of a run that may still change or was taken from a file, and never a result, the
weights that were tested, the answers to test images, or what says how a run was made.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select

from cnn.settings import whole_setting
from cnn.training.recipe.run import (
    CHECKPOINT,
    LIVE,
    MODEL,
    SNAPSHOT,
    START,
    STATE_AFTER,
    WATCHED,
    WEIGHTS,
    WEIGHTS_AFTER,
    State,
)
from cnn.training.store.archive import ELSEWHERE
from cnn.training.store.store import Store
from cnn.training.store.tables import files, gradients, runs, steps

STEP_BYTES, NORMS_BYTES = 95, 60
"""About what a step takes, with its place in the index, and norms beside their own text."""

SETTLED_AFTER_S = 86_400.0
"""So long an interrupted run may still go on by itself: its worker may only have been silent."""

MB = 1_000_000
ENDED = tuple(state for state in State if state not in LIVE)


class Kind(StrEnum):
    """What runs keep, in the order in which it goes."""

    SNAPSHOTS = "snapshots"
    CHECKPOINTS = "checkpoints"
    CURVES = "curves"
    WEIGHTS = "weights"
    OTHERS = "others"


GOING = (Kind.SNAPSHOTS, Kind.CHECKPOINTS, Kind.CURVES)
WORDS = {
    Kind.SNAPSHOTS: "snapshots and weights of every epoch",
    Kind.CHECKPOINTS: "checkpoints",
    Kind.CURVES: "single steps and gradient norms",
    Kind.WEIGHTS: "weights and models",
    Kind.OTHERS: "answers to test images, and the like",
}
LOST = {
    Kind.SNAPSHOTS: "Watch it learn, and Look inside at an epoch",
    Kind.CHECKPOINTS: "resuming, training on, and handing in",
    Kind.CURVES: "the curve within an epoch, and Gradients; the curve over the epochs stays",
}
"""What there is no more without it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What one run keeps of each kind, in bytes; those of curves are about right.

    One that `stays_whole` loses nothing, as it may still change, or came as it is.
    """

    run_id: str
    stays_whole: bool
    is_cut_off: bool
    size_bytes: Mapping[Kind, int]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be kept: in all, and of how many runs everything. None is no limit."""

    most_bytes: int | None = None
    whole_runs: int | None = None

    def __bool__(self) -> bool:
        return self.most_bytes is not None or self.whole_runs is not None


@dataclass(frozen=True, slots=True)
class Plan:
    """What would go: of each kind the runs that lose it, and its bytes. `left_bytes` would stay."""

    going: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)
    size_bytes: Mapping[Kind, int] = field(default_factory=dict)
    left_bytes: int = 0

    @property
    def all_bytes(self) -> int:
        return sum(self.size_bytes.values())


def limits() -> Limits:
    """Those that whoever runs the program has set (`CNN_MAX_STORE_MB`, `CNN_MAX_WHOLE_RUNS`)."""
    most, whole = whole_setting("CNN_MAX_STORE_MB", -1), whole_setting("CNN_MAX_WHOLE_RUNS", -1)
    return Limits(most * MB if most >= 0 else None, whole if whole >= 0 else None)


def kept(store: Store) -> list[Kept]:
    """What each run keeps, the one that ended last first."""
    ended = func.coalesce(runs.c.finished_at, runs.c.created_at)
    every = select(runs.c.id, runs.c.state, may_lose()).order_by(ended.desc(), runs.c.id)
    with store.begin() as connection:
        found: dict[str, dict[Kind, int]] = {}
        size_of = func.sum(func.length(files.c.content))
        by_kind = select(files.c.run_id, _KIND.label("kind"), size_of)
        for run_id, kind, size in connection.execute(by_kind.group_by(files.c.run_id, "kind")):
            found.setdefault(run_id, {})[Kind(kind)] = int(size or 0)
        counted = select(steps.c.run_id, func.count()).group_by(steps.c.run_id)
        curves = {id: count * STEP_BYTES for id, count in connection.execute(counted)}
        for run_id, count, text in connection.execute(_gradients()):
            curves[run_id] = curves.get(run_id, 0) + int(count) * (NORMS_BYTES + int(text or 0))
        for run_id, size in curves.items():
            found.setdefault(run_id, {})[Kind.CURVES] = size
        return [
            Kept(id, not may_lose, state != State.FINISHED, found.get(id, {}))
            for id, state, may_lose in connection.execute(every)
        ]


def may_lose() -> ColumnElement[bool]:
    """Whether something of a run may go: nothing of it changes any more by itself, as far as this
    version knows, and it was not taken from a file, where only what is to stay had been put.
    """
    interrupted = (runs.c.state == State.INTERRUPTED) & (
        func.coalesce(runs.c.finished_at, runs.c.created_at) > time.time() - SETTLED_AFTER_S
    )
    is_taken_in = runs.c.environment.contains(ELSEWHERE, autoescape=True)
    return runs.c.state.in_(ENDED) & ~interrupted & ~is_taken_in


def _gradients() -> Any:
    """How often each run's gradients were measured, and the length of one text: all are alike."""
    each = (
        select(
            gradients.c.run_id, func.count().label("count"), func.min(gradients.c.step).label("at")
        )
        .group_by(gradients.c.run_id)
        .subquery()
    )
    one = (gradients.c.run_id == each.c.run_id) & (gradients.c.step == each.c.at)
    return select(each.c.run_id, each.c.count, func.length(gradients.c.norms)).join(each, one)


IS_SNAPSHOT = or_(
    files.c.name.startswith(SNAPSHOT, autoescape=True),
    files.c.name.startswith(WEIGHTS_AFTER, autoescape=True),
    files.c.name == WATCHED,
)
IS_CHECKPOINT = or_(
    files.c.name == CHECKPOINT, files.c.name.startswith(STATE_AFTER, autoescape=True)
)
_KIND: ColumnElement[str] = case(
    (IS_SNAPSHOT, Kind.SNAPSHOTS.value),
    (IS_CHECKPOINT, Kind.CHECKPOINTS.value),
    (files.c.name.in_((WEIGHTS, MODEL, START)), Kind.WEIGHTS.value),
    else_=Kind.OTHERS.value,
)


def total(found: Sequence[Kept]) -> dict[Kind, int]:
    """The bytes of each kind, of all runs together."""
    return {kind: sum(one.size_bytes.get(kind, 0) for one in found) for kind in Kind}


def plan(found: Sequence[Kept], wanted: Limits) -> Plan:
    """What has to go so that no more is kept than wanted, as far as it may go.

    Of runs beyond the newest that are kept whole all of it goes; then, while more bytes are kept
    than wanted, the oldest of each kind.
    """
    left = sum(total(found).values())
    going: dict[Kind, dict[str, None]] = {kind: {} for kind in GOING}  # in the order of going
    sizes = dict.fromkeys(GOING, 0)

    def take(one: Kept, kind: Kind) -> None:
        nonlocal left
        size = one.size_bytes.get(kind, 0)
        if size and not one.stays_whole and one.run_id not in going[kind]:
            going[kind][one.run_id] = None
            sizes[kind] += size
            left -= size

    if wanted.whole_runs is not None:
        for one in found[wanted.whole_runs :]:
            for kind in GOING:
                take(one, kind)
    if wanted.most_bytes is not None:
        for kind in GOING:
            oldest_first = list(reversed(found))
            if kind is Kind.CHECKPOINTS:
                oldest_first.sort(key=lambda one: one.is_cut_off)
            for one in oldest_first:
                if left > wanted.most_bytes:
                    take(one, kind)
    return Plan({kind: tuple(ids) for kind, ids in going.items() if ids}, sizes, left)
