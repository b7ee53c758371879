"""An optimizer's step for many weights at once.

Keras does a dozen operations for each variable, which for a network of many small layers is half
of what has to be compiled. The small ones as one long vector come to the same numbers, bit by bit,
as nothing an optimizer does mixes one weight with another; `state` has the arrays of each variable,
in Keras' own order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

SMALL = 65_536
"""To copy more weights than that to and fro takes longer than the operations that are saved."""

State = list[npt.NDArray[Any]]


class Updating:
    """An optimizer of Keras, and the variables that it changes."""

    def __init__(self, tf: Any, keras: Any, optimizer: Any, variables: Sequence[Any]) -> None:
        self._tf, self.optimizer, self._variables = tf, optimizer, list(variables)
        self._is_small = [int(np.prod(one.shape)) <= SMALL for one in self._variables]
        self._small, self._large = _parted(self._variables, self._is_small)
        self._sizes = [int(np.prod(one.shape)) for one in self._small]
        zeros = np.zeros(sum(self._sizes), np.float32)
        self._vector = keras.Variable(zeros, name="small_weights")
        self._changed = [self._vector] * bool(self._small) + self._large
        optimizer.build(self._changed)

    def begin(self) -> None:
        """Takes the weights as they are now: before the first of some steps."""
        if self._small:
            self._vector.assign(self._flat([one.value for one in self._small]))

    def apply(self, gradients: Sequence[Any]) -> None:
        """Does a step."""
        small, large = _parted(gradients, self._is_small)
        if small:
            large = [self._flat(small), *large]
        self.optimizer.apply(large, self._changed)
        if small:
            parts = self._tf.split(self._vector.value, self._sizes)
            for variable, part in zip(self._small, parts, strict=True):
                variable.assign(self._tf.reshape(part, variable.shape))

    def forget(self) -> None:
        """As it was before its first step; each step sets the learning rate anyway."""
        for one in self.optimizer.variables:
            if one is not self.optimizer.learning_rate:
                one.assign(self._tf.zeros_like(one))

    @property
    def state(self) -> State:
        """Its counts, and what it keeps of each variable, one variable after the other."""
        arrays = [one.numpy() for one in self.optimizer.variables]
        counts, slots = self._counts_and_slots
        if not slots:
            return arrays
        kept = [arrays[place : place + slots] for place in range(counts, len(arrays), slots)]
        ends = np.cumsum(self._sizes)[:-1]
        vectors = kept.pop(0) if self._small else []
        small = zip(*(np.split(one, ends) for one in vectors), strict=True)
        large = iter(kept)
        of_each = (next(small if is_small else large) for is_small in self._is_small)
        shaped = zip(self._variables, of_each, strict=True)
        return arrays[:counts] + [
            part.reshape(variable.shape) for variable, own in shaped for part in own
        ]

    def restore(self, state: Sequence[npt.NDArray[Any]]) -> None:
        """Goes back to a state."""
        counts, slots = self._counts_and_slots
        own = [state[place : place + slots] for place in range(counts, len(state), slots or 1)]
        small, large = _parted(own, self._is_small if slots else [])
        vectors = [
            np.concatenate([one.ravel() for one in parts]) for parts in zip(*small, strict=True)
        ]
        arrays = [*state[:counts], *vectors, *(one for parts in large for one in parts)]
        for variable, array in zip(self.optimizer.variables, arrays, strict=True):
            variable.assign(array)

    @property
    def _counts_and_slots(self) -> tuple[int, int]:
        """How many numbers it keeps of all steps, and how many arrays of each variable."""
        variables = self.optimizer.variables
        counts = sum(not len(one.shape) for one in variables)
        return counts, (len(variables) - counts) // max(len(self._changed), 1)

    def _flat(self, tensors: Sequence[Any]) -> Any:
        flat = self._tf.constant([-1])
        return self._tf.concat([self._tf.reshape(one, flat) for one in tensors], axis=0)


def _parted(ones: Sequence[Any], is_small: Sequence[bool]) -> tuple[list[Any], list[Any]]:
    both = list(zip(ones, is_small, strict=True))
    return [one for one, is_ in both if is_], [one for one, is_ in both if not is_]
