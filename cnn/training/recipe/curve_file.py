"""The curve of a run as CSV: every figure with all its digits."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields
from typing import IO

from cnn.training.recipe.run import Epoch, Step


def epochs_csv(epochs: Sequence[Epoch]) -> str:
    """A line per epoch: training figures are means over its steps, validation comes at its end."""
    written = io.StringIO()
    _write(written, Epoch, epochs)
    return written.getvalue()


def write_steps_csv(steps: Iterable[Step], into: IO[bytes]) -> None:
    """A line per step, each measured on its own batch; written as they come."""
    written = io.TextIOWrapper(into, encoding="utf-8", newline="")
    _write(written, Step, steps)
    written.detach()  # flushes, and leaves it open


def _write(into: IO[str], kind: type[Epoch | Step], lines: Iterable[Epoch | Step]) -> None:
    writer = csv.writer(into, lineterminator="\n")
    writer.writerow([one.name for one in fields(kind)])
    writer.writerows(map(astuple, lines))
