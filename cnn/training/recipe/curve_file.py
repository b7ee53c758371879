"""The curve of a run as CSV: every figure with all its digits."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import astuple, fields

from cnn.training.recipe.run import Epoch, Step


def epochs_csv(epochs: Sequence[Epoch]) -> str:
    """A line per epoch: training figures are means over its steps, validation comes at its end."""
    return _csv([one.name for one in fields(Epoch)], epochs)


def steps_csv(steps: Sequence[Step]) -> str:
    """A line per step, each measured on its own batch."""
    return _csv([one.name for one in fields(Step)], steps)


def _csv(head: Sequence[str], lines: Sequence[Epoch] | Sequence[Step]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([head, *map(astuple, lines)])
    return written.getvalue()
