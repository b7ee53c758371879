"""A hand-in done again: its weights over the images, and its steps from its own checkpoints.

The engine is the one that trained it. TensorFlow is imported inside, for a process that trains.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn.data import Dataset, Split
from cnn.lessons.assignments import checks, tolerance
from cnn.lessons.assignments.hand_in import HandInError
from cnn.lessons.assignments.opened import HandIn
from cnn.network.keras.model import by_place
from cnn.numbers import number
from cnn.training.engine.chunk import Chunk, Done, order_of
from cnn.training.engine.kept_machines import keep, machine_for
from cnn.training.engine.machine import Machine
from cnn.training.engine.parts import parts_noted
from cnn.training.recipe.pace import per_epoch, planned_rates, steps_wanted
from cnn.training.store.arrays import Arrays

ITERATIONS, RATE = "optimizer/0000", "optimizer/0001"
"""What every optimizer of Keras has first: the steps it took, and the rate that each step sets."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What the tested weights come to over images."""

    loss: float
    right: int
    images: int
    ties: int

    @property
    def accuracy(self) -> float:
        return self.right / self.images


@dataclass(frozen=True, slots=True)
class Distance:
    """How far an epoch done again is from what was handed in: its mean loss (as a share of one and
    it), its accuracy, its weights (as a share of their way) and what the optimizer remembers.
    """

    epoch: int
    loss: float
    accuracy: float
    way: float
    memory: float

    def is_within(self, limit: Distance) -> bool:
        return all(getattr(self, name) <= getattr(limit, name) for name in FIGURES)


FIGURES = ("loss", "accuracy", "way", "memory")


@dataclass(frozen=True, slots=True, eq=False)
class Ended:
    """An epoch at its end."""

    loss: float
    accuracy: float
    state: Arrays


class Replay:
    """One hand-in on a machine of its own design, to be used and closed."""

    def __init__(self, found: HandIn, data: Dataset) -> None:
        self._found, self._data = found, data
        self._own = found.run.configuration
        self._images = len(data.train)
        self._batch = self._own.batch_size_for(self._images)
        self._of_epoch = per_epoch(self._own, self._images)
        self._steps = min(
            steps_wanted(self._own, self._images) or 0, len(found.curve) * self._of_epoch
        )
        self._rates = planned_rates(
            self._own, self._images, steps_wanted(self._own, self._images) or 0
        )
        parts = parts_noted(found.run.environment)
        self._machine: Machine = machine_for(
            found.run.architecture, self._own, data.train, parts=parts
        )
        self._fresh = self._machine.state()

    def close(self) -> None:
        keep(self._machine, self._found.run.architecture, self._own)

    def check_states(self) -> None:
        """Every checkpoint is one of the design, the first is what the seed gives, and the tested
        weights are those of their epoch.
        """
        found = self._found
        for epoch in range(len(found.packed_states)):
            checks.check_state(found, epoch, self._fresh, self._done(epoch))
        if self.fresh_distance() > tolerance.FRESH:
            raise HandInError(
                f"it does not begin with the weights of its seed, {self._own.seed}: its first "
                "checkpoint has others"
            )
        self._machine.restore(found.state(checks.tested_epoch(found)))
        own, handed = self._machine.weights(), by_place(found.weights())
        if own.keys() != handed.keys() or any(
            not np.array_equal(own[name], handed[name]) for name in own
        ):
            raise HandInError(
                "its weights are not those of its checkpoint after epoch "
                f"{checks.tested_epoch(found)}"
            )

    def check_validation(self) -> None:
        """The validation figures of every epoch are those of its checkpoint."""
        for one in self._found.curve:
            measured = self.measured(one.epoch, self._data.validation)
            what = f"validation after epoch {one.epoch}"
            _check_measured(what, measured, one.val_loss, one.val_accuracy)

    def check_test(self) -> Measured:
        """What its weights come to over the test images, which its record must say, too."""
        measured = self.measured(checks.tested_epoch(self._found), self._data.test)
        result = self._found.run.result
        assert result
        _check_measured("test", measured, result.test_loss, result.test_accuracy)
        return measured

    def check_first_steps(self) -> None:
        """The first steps after every checkpoint have the losses of the curve."""
        for epoch in range(1, len(self._found.curve) + 1):
            far = self.first_steps_distance(epoch)
            if far > tolerance.FIRST_STEP_LOSS:
                raise HandInError(
                    f"the first steps from its checkpoint after epoch {epoch - 1}, done again, do "
                    f"not have the losses of its curve: they are {number(far, 2)} apart"
                )

    def check_epoch(self, epoch: int) -> Distance:
        """A whole epoch, done again from its checkpoint, ends where the hand-in says: as near as
        rounding lets this very training end, which is tried where it is not near at all.
        """
        far = self.distance(epoch)
        if far.is_within(floor := self._floor(epoch)):
            return far
        limit = self._limit(epoch, floor)
        if not far.is_within(limit):
            told = self._found.curve[epoch - 1]
            raise HandInError(
                f"epoch {epoch}, done again from its checkpoint, is not that of its curve, or does "
                f"not lead to the next one: its loss of {number(told.loss)} is "
                f"{number(far.loss, 2)} off, its "
                f"accuracy {far.accuracy:.2%}, and its weights end {far.way:.1%} of their way from "
                f"there, where {limit.way:.1%} may be rounding"
            )
        return far

    def _limit(self, epoch: int, floor: Distance) -> Distance:
        """How far this training may end from itself by rounding, as it is tried here."""
        spread = [self.spread(epoch, chance) for chance in range(tolerance.SPREADS)]
        most = {name: max(getattr(one, name) for one in spread) for name in FIGURES}
        if most["way"] > tolerance.EPOCH_WAY:  # single figures are chance then, and no measure
            floor = replace(floor, loss=tolerance.WIDE_LOSS, accuracy=tolerance.WIDE_ACCURACY)
        wide = {name: max(getattr(floor, name), tolerance.ROOM * most[name]) for name in FIGURES}
        return Distance(epoch, **wide)

    def _floor(self, epoch: int) -> Distance:
        """What is let pass without trying how far rounding carries."""
        images = tolerance.EPOCH_IMAGES / self._images
        return Distance(
            epoch, tolerance.EPOCH_LOSS, images, tolerance.EPOCH_WAY, tolerance.EPOCH_MEMORY
        )

    def fresh_distance(self) -> float:
        """How far the first checkpoint is from what the seed gives."""
        state = self._found.state(0)
        return max(
            _apart(state[name], fresh) for name, fresh in self._fresh.items() if name != RATE
        )

    def first_steps_distance(self, epoch: int) -> float:
        """How far the losses of the first steps of an epoch, done again, are from the curve's."""
        self._machine.restore(self._found.state(epoch - 1))
        done = self._again(epoch, min(tolerance.FIRST_STEPS, self._count(epoch)))
        first = self._done(epoch - 1)
        return _share(done.losses, self._found.steps["loss"][first : first + len(done.losses)])

    def distance(self, epoch: int) -> Distance:
        """How far a whole epoch, done again, is from the curve and from the next checkpoint."""
        before, after = self._found.state(epoch - 1), self._found.state(epoch)
        told = self._found.curve[epoch - 1]
        ended = self._ended(epoch, before)
        for name, one in ended.state.items():
            if one.dtype.kind != "f" and not np.array_equal(one, after[name]):
                raise HandInError(
                    f"epoch {epoch}, done again, draws other random numbers than its next "
                    "checkpoint has"
                )
        return _between(epoch, ended, Ended(told.loss, told.accuracy, after), before)

    def spread(self, epoch: int, chance: int) -> Distance:
        """How far an epoch ends from itself where its weights are moved by a little, at first."""
        before = self._found.state(epoch - 1)
        random = np.random.default_rng((epoch, chance))

        def moved(name: str, one: npt.NDArray[Any]) -> npt.NDArray[Any]:
            if one.dtype.kind != "f" or not name.startswith("model/"):
                return one
            factors = 1 + tolerance.MOVED * random.standard_normal(one.shape)
            return np.asarray(one * factors, one.dtype)

        other = {name: moved(name, one) for name, one in before.items()}
        return _between(epoch, self._ended(epoch, other), self._ended(epoch, before), before)

    def _ended(self, epoch: int, before: Arrays) -> Ended:
        """A whole epoch from a state."""
        self._machine.restore(before)
        done = self._again(epoch, self._count(epoch))
        sizes = np.minimum(self._batch, self._images - np.arange(len(done.losses)) * self._batch)
        loss = float((done.losses.astype(np.float64) * sizes).sum() / sizes.sum())
        return Ended(loss, float(done.hits.sum() / sizes.sum()), self._machine.state())

    def _again(self, epoch: int, count: int) -> Done:
        """So many steps of an epoch, as they were done: the very first one without compiling."""
        order = order_of(self._own.seed, epoch, self._images)
        chunk = self._chunk(order, epoch, 0, count)
        self._machine.compile(lambda: None)
        if epoch > 1 or not count:
            return self._machine.steps(chunk)
        begun, left = chunk.parted(1)
        return self._machine.first_step(begun).then(self._machine.steps(left))

    def _chunk(self, order: npt.NDArray[np.int32], epoch: int, first: int, count: int) -> Chunk:
        step = self._done(epoch - 1) + first
        return Chunk(order, first, count, self._batch, self._rates[step : step + count], step)

    def _done(self, epoch: int) -> int:
        """The steps that are done after an epoch."""
        return min(epoch * self._of_epoch, self._steps)

    def _count(self, epoch: int) -> int:
        return self._done(epoch) - self._done(epoch - 1)

    def measured(self, epoch: int, split: Split) -> Measured:
        """What the weights after an epoch come to over images."""
        self._machine.restore(self._found.state(epoch))
        loss, _, shares = self._machine.evaluate(split, lambda: None)
        two = np.sort(shares, axis=1)[:, -2:]
        ties = int((two[:, 1] - two[:, 0] < tolerance.TIE).sum())
        right = int((shares.argmax(axis=1) == split.labels).sum())
        return Measured(loss, right, len(split), ties)


def _check_measured(what: str, found: Measured, loss: float, accuracy: float) -> None:
    told = round(accuracy * found.images)
    if abs(found.right - told) > found.ties:
        raise HandInError(
            f"its {what} accuracy is not what its weights have: {found.right:,} of "
            f"{found.images:,} images are right, not {told:,}"
        )
    if abs(found.loss - loss) > tolerance.LOSS * (1 + abs(loss)):
        raise HandInError(
            f"its {what} loss is not what its weights have: {number(found.loss, 6)}, "
            f"not {number(loss, 6)}"
        )


def _share(found: npt.NDArray[Any], told: npt.NDArray[Any]) -> float:
    """The largest difference, as a share of one and the number that was told."""
    return float((np.abs(found - told) / (1 + np.abs(told))).max())


def _apart(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> float:
    """The largest difference of two arrays, as a share of the largest number."""
    if one.dtype.kind != "f":
        return 0.0 if np.array_equal(one, other) else 1.0
    most = max(float(np.abs(other).max(initial=0.0)), 1e-30)
    return float(np.abs(one - other).max(initial=0.0)) / most


def _between(epoch: int, ended: Ended, told: Ended, before: Arrays) -> Distance:
    return Distance(
        epoch,
        _share(np.array([ended.loss]), np.array([told.loss])),
        abs(ended.accuracy - told.accuracy),
        _far(ended.state, told.state, before, "model/"),
        _far(ended.state, told.state, None, "optimizer/"),
    )


def _far(ended: Arrays, after: Arrays, before: Arrays | None, kind: str) -> float:
    """How far two states are apart, as a share of the way from the one before, or of all of it."""
    names = [
        name
        for name, one in after.items()
        if name.startswith(kind) and name != RATE and one.dtype.kind == "f"
    ]

    def length(one: Arrays, other: Arrays | None) -> float:
        return float(
            sum(
                np.square(one[name].astype(np.float64) - (other[name] if other else 0.0)).sum()
                for name in names
            )
            ** 0.5
        )

    return length(ended, after) / max(length(after, before), 1e-12)
