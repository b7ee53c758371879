"""The curve of a run as CSV: every figure with all its digits."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Sequence
from dataclasses import astuple, fields
from typing import IO

from cnn.training.recipe.run import Epoch, Step


def epochs_csv(epochs: Sequence[Epoch], unmeasured: Collection[str] = ()) -> str:
    """A line per epoch: training figures are means over its steps, validation comes at its end.

    Figures that are `unmeasured` stay empty.
    """
    written = io.StringIO()
    _write(written, Epoch, epochs, unmeasured)
    return written.getvalue()


def write_steps_csv(
    steps: Iterable[Step], into: IO[bytes], unmeasured: Collection[str] = ()
) -> None:
    """A line per step, each measured on its own batch; written as they come."""
    written = io.TextIOWrapper(into, encoding="utf-8", newline="")
    _write(written, Step, steps, unmeasured)
    written.detach()  # flushes, and leaves it open


def _write(
    into: IO[str],
    kind: type[Epoch | Step],
    lines: Iterable[Epoch | Step],
    unmeasured: Collection[str],
) -> None:
    writer, names = csv.writer(into, lineterminator="\n"), [one.name for one in fields(kind)]
    writer.writerow(names)
    if not unmeasured:
        writer.writerows(map(astuple, lines))
        return
    for line in lines:
        writer.writerow(["" if name in unmeasured else getattr(line, name) for name in names])
