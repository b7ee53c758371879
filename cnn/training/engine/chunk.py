"""Steps that are done at once, what came of them, and what of that goes into the store."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from cnn.training.recipe.run import GradientNorms, Step

Numbers = npt.NDArray[np.float32]

MEASURED_EVERY, MEASURED_AT_LEAST, MEASURED_AT_MOST = 50, 100, 1_000
"""Gradients are measured every 50 steps, more often in a short training, less often in a long."""


def measured_every(steps: int | None) -> int:
    """After how many steps each the gradients of a training of so many are measured; the usual
    where nobody knows how many there will be.
    """
    if steps is None:
        return MEASURED_EVERY
    usual = min(max(steps // MEASURED_AT_LEAST, 1), MEASURED_EVERY)
    return max(usual, math.ceil(steps / MEASURED_AT_MOST))


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """So many steps (`count`), from the `first` of an epoch on, each of a `batch` of images taken
    in the epoch's `order`, with a learning rate for each. In all epochs before it, and in this one,
    `step` steps were done; gradients are measured at every step that `measured_every` divides.
    """

    order: npt.NDArray[np.int32]
    first: int
    count: int
    batch: int
    rates: Numbers
    step: int = 0
    measured_every: int = MEASURED_EVERY

    @property
    def sizes(self) -> npt.NDArray[np.int64]:
        """The images of each step: the last one of an epoch may have fewer."""
        starts = (self.first + np.arange(self.count)) * self.batch
        return np.minimum(self.batch, len(self.order) - starts)

    def parted(self, count: int) -> tuple[Chunk, Chunk]:
        """So many of its steps, and those that are left."""
        left = replace(
            self,
            first=self.first + count,
            count=self.count - count,
            rates=self.rates[count:],
            step=self.step + count,
        )
        return replace(self, count=count, rates=self.rates[:count]), left


def order_of(seed: int, epoch: int, images: int) -> npt.NDArray[np.int32]:
    """The order in which an epoch takes its images."""
    return np.random.default_rng((seed, epoch)).permutation(images).astype(np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Done:
    """Of each step of a chunk: its mean loss, its hits (a count), its gradient norms by row."""

    losses: Numbers
    hits: Numbers
    norms: Numbers

    def then(self, other: Done) -> Done:
        """This, and what came of the steps after it."""
        both = ((getattr(self, one.name), getattr(other, one.name)) for one in fields(Done))
        return Done(*map(np.concatenate, both))


def curve(chunk: Chunk, done: Done, per_epoch: int, seconds: float, took: float) -> list[Step]:
    """The steps of a chunk that began after so many seconds, their times spread evenly."""
    accuracies = (done.hits / chunk.sizes).astype(np.float32)
    return [
        Step(
            step=chunk.step + i + 1,
            epoch=(chunk.step + i + 1) / per_epoch,
            loss=float(done.losses[i]),
            accuracy=float(accuracies[i]),
            learning_rate=float(chunk.rates[i]),
            seconds=seconds + took * (i + 1) / chunk.count,
        )
        for i in range(chunk.count)
        if math.isfinite(done.losses[i])
    ]


def gradient_norms(chunk: Chunk, done: Done, rows: Iterable[str]) -> list[GradientNorms]:
    """The gradient norms of the rows, at the steps of a chunk at which they were measured."""
    names = tuple(rows)
    return [
        GradientNorms(chunk.step + i + 1, dict(zip(names, done.norms[i].tolist(), strict=True)))
        for i in range(chunk.count)
        if (chunk.step + i + 1) % chunk.measured_every == 0 and np.isfinite(done.norms[i]).all()
    ]


def first_not_finite(chunk: Chunk, done: Done) -> int | None:
    """The first step of a chunk whose loss is no finite number."""
    bad = np.flatnonzero(~np.isfinite(done.losses))
    return chunk.step + int(bad[0]) + 1 if len(bad) else None
