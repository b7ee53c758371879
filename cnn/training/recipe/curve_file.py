"""The curve of a run as CSV: every figure with all its digits."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import astuple, fields

from cnn.training.recipe.run import Epoch, Step


def curve_csv(kind: type[Epoch | Step], lines: Sequence[Epoch] | Sequence[Step]) -> str:
    """A line per epoch, or per step, which is measured on its own batch. Of an epoch training
    figures are means over its steps, and validation comes at its end.
    """
    written, head = io.StringIO(), [one.name for one in fields(kind)]
    csv.writer(written, lineterminator="\n").writerows([head, *map(astuple, lines)])
    return written.getvalue()
