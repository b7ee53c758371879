"""What the editor shows beside a layer: output, parameters and their share, and what is wrong."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from cnn.network.advice import advice
from cnn.network.errors import path_text
from cnn.network.shapes import Shape
from cnn.network.trace import Trace


@dataclass(frozen=True, slots=True)
class Note:
    """What is known of one layer; a container's parameters are those of all it holds."""

    output: Shape | None = None
    params: int = 0
    share: float = 0.0
    error: str = ""
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As the editor's script reads it; what is empty is left out."""
        written = {
            "output": self.output and list(self.output),
            "params": self.params,
            "share": round(self.share, 4),
            "error": self.error,
            "warnings": list(self.warnings),
        }
        return {key: value for key, value in written.items() if value}


def notes_of(trace: Trace) -> dict[str, Note]:
    """A note for every layer the trace came to, and for the one it stopped at."""
    params: defaultdict[tuple[int | str, ...], int] = defaultdict(int)
    for row in trace.rows:
        for length in range(1, len(row.path) + 1):
            params[row.path[:length]] += row.params
    remarks: defaultdict[tuple[int | str, ...], list[str]] = defaultdict(list)
    for remark in advice(trace):
        remarks[remark.path].append(remark.text)
    total = sum(row.params for row in trace.rows)
    notes = {
        path_text(row.path): Note(
            row.output_shape,
            params[row.path],
            params[row.path] / total if total else 0.0,
            warnings=tuple(remarks[row.path]),
        )
        for row in trace.rows
    }
    if trace.fault is not None and trace.fault.path:
        notes[path_text(trace.fault.path)] = Note(error=trace.fault.problem)
    return notes
