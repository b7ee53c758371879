"""How long a training goes on, and the learning rate of each of its steps.

Epochs and steps are counted, so that all rates are known before the first step. Where seconds
decide, the schedule goes by the share of them that is spent. They are those of the steps alone:
compiling and validating are not counted. A run that is resumed has spent what its checkpoint had.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.run import Checkpoint
from cnn.training.recipe.schedule import learning_rates, rates_at
from cnn.training.recipe.start import TENTH


def per_epoch(configuration: Configuration, train_images: int) -> int:
    """The steps of an epoch."""
    return configuration.steps_per_epoch(train_images)


def steps_wanted(configuration: Configuration, train_images: int) -> int | None:
    """The steps of a training; None where its seconds decide."""
    if configuration.seconds:
        return None
    return configuration.steps or configuration.epochs * per_epoch(configuration, train_images)


def images_of_epoch(
    configuration: Configuration, train_images: int, epoch: int, steps: int | None
) -> int:
    """On how many images the training figures of an epoch were measured, after so many steps.

    All of them, except where steps or seconds ended the last epoch before it was whole.
    """
    of_epoch = per_epoch(configuration, train_images)
    done = of_epoch if steps is None else min(steps - (epoch - 1) * of_epoch, of_epoch)
    if done <= 0:  # the steps that are known of are not those of this curve
        return train_images
    return min(done * configuration.batch_size_for(train_images), train_images)


def planned_rates(
    configuration: Configuration, train_images: int, steps: int, first_step: int = 0
) -> npt.NDArray[np.float32]:
    """The learning rates of the steps from one on, where steps are counted.

    Where the head is trained first, the schedule is laid over its steps, and anew over all others,
    at a tenth.
    """
    start = configuration.start
    head = start.head_first * per_epoch(configuration, train_images) if start else 0
    if not head:
        return learning_rates(configuration, steps - first_step)
    first = learning_rates(configuration, max(head - first_step, 0))
    rest = learning_rates(configuration, steps - max(head, first_step))
    return np.concatenate([first, rest * np.float32(TENTH)])


class Pace:
    """The length of one training, which may continue another after its `first_step`."""

    def __init__(
        self, configuration: Configuration, train_images: int, first_step: int = 0
    ) -> None:
        self._configuration = configuration
        self._batch = configuration.batch_size_for(train_images)
        self._most = configuration.epochs * per_epoch(configuration, train_images)
        self.steps = steps_wanted(configuration, train_images)
        if self.steps is not None:
            rates = planned_rates(configuration, train_images, self.steps, first_step)
            self._rates = np.concatenate([np.zeros(first_step, np.float32), rates])

    def next_steps(self, at: Checkpoint, wanted: int) -> int:
        """How many of the steps that are wanted next there are still to be, 1 or more."""
        if self.steps is not None:
            return max(min(wanted, self.steps - at.step), 1)
        one = self._step_s(at)
        return max(min(wanted, round(self._seconds_left(at) / one)), 1) if one else 1

    def rates(self, at: Checkpoint, count: int) -> npt.NDArray[np.float32]:
        """The learning rates of so many steps from here on."""
        if self.steps is not None:
            return self._rates[at.step : at.step + count]
        spent = at.images_s + self._step_s(at) * np.arange(count)
        return rates_at(self._configuration, np.minimum(spent / self._configuration.seconds, 1.0))

    def is_over(self, at: Checkpoint) -> bool:
        """Whether no step is left; of seconds, less than half of one."""
        if self.steps is not None:
            return at.step >= self.steps
        return self._seconds_left(at) <= self._step_s(at) / 2 or at.step >= self._most

    def is_out_of_epochs(self, at: Checkpoint) -> bool:
        """Whether it ends although there are seconds left, as it had all epochs there can be."""
        if self.steps is not None or at.step < self._most:
            return False
        return self._seconds_left(at) > self._step_s(at) / 2

    def steps_expected(self, at: Checkpoint) -> int:
        """How many steps there will be in all: as decided, or as far as it can be told by now."""
        if self.steps is not None:
            return self.steps
        one = self._step_s(at)
        if self.is_over(at) or not one:
            return at.step
        return min(at.step + max(round(self._seconds_left(at) / one), 1), self._most)

    def _seconds_left(self, at: Checkpoint) -> float:
        return self._configuration.seconds - at.images_s

    def _step_s(self, at: Checkpoint) -> float:
        return at.images_s / (at.images / self._batch) if at.images else 0.0
