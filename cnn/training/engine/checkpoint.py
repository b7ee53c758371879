"""When a training keeps a checkpoint of itself: often, but never at the price of its speed."""

from __future__ import annotations

import time
from collections.abc import Callable

from cnn.training.engine.channel import Channel
from cnn.training.recipe.run import CHECKPOINT, Checkpoint
from cnn.training.store.arrays import Arrays, arrays_to_bytes

EVERY_S = 30.0
"""Within an epoch, so much time passes between two checkpoints."""

SHARE = 0.05
"""The part of all time that may go into keeping checkpoints."""

MOST_BYTES = 900_000_000
"""A larger one is not kept: SQLite takes a file of a billion bytes at most."""


class Keeper:
    """Keeps the checkpoints of one run; `state` gives the arrays of this moment."""

    def __init__(self, channel: Channel, state: Callable[[], Arrays]) -> None:
        self._channel, self._state = channel, state
        self._kept_at, self._took = time.monotonic(), 0.0

    def keep(self, at: Checkpoint) -> None:
        """Keeps a checkpoint now."""
        began = time.monotonic()
        arrays = self._state()
        if sum(array.nbytes for array in arrays.values()) <= MOST_BYTES:
            self._channel.keep_files({CHECKPOINT: arrays_to_bytes(arrays)}, at)
        self._kept_at = time.monotonic()
        self._took = self._kept_at - began

    def keep_if_due(self, at: Checkpoint, *, is_epoch_end: bool) -> None:
        """Keeps one at an epoch's end, and now and then within a long one, where that is cheap."""
        rest = self._took / SHARE
        if time.monotonic() - self._kept_at >= (rest if is_epoch_end else max(rest, EVERY_S)):
            self.keep(at)
