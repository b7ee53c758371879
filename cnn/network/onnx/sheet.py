"""The graph as it grows while a network is written: operators one behind the other, and arrays."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cnn.network.onnx.messages import Array, Attribute, Op
from cnn.network.trace import Row

Given = str | Array
"""What an operator works on: what another one gives, by its name, or an array of numbers."""


@dataclass(slots=True)
class Sheet:
    """What has been written so far."""

    ops: list[Op] = field(default_factory=list)
    arrays: dict[str, Array] = field(default_factory=dict)
    names: Counter[str] = field(default_factory=Counter)

    def named(self, wanted: str) -> str:
        """A name that nothing else has."""
        self.names[wanted] += 1
        count = self.names[wanted]
        return wanted if count == 1 else f"{wanted}_{count}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a layer is written: its row, its arrays by the names of its weights, and the sheet."""

    row: Row
    arrays: dict[str, Array]
    sheet: Sheet

    @property
    def layer(self) -> Any:
        return self.row.layer

    @property
    def is_map(self) -> bool:
        return len(self.row.input_shape) == 3

    def op(self, kind: str, *inputs: Given, **attributes: Attribute) -> str:
        """Adds an operator, and gives the name of what it gives."""
        name = self.sheet.named(f"{self.row.name}/{kind}")
        given = tuple(one if isinstance(one, str) else self._kept(one, kind) for one in inputs)
        self.sheet.ops.append(Op(kind, given, (name,), name, attributes))
        return name

    def _kept(self, array: Array, kind: str) -> str:
        for word, weight in self.arrays.items():
            if np.may_share_memory(weight, array):
                kind = word
                break
        name = self.sheet.named(f"{self.row.name}/{kind}")
        is_real = array.dtype.kind == "f"
        self.sheet.arrays[name] = np.asarray(array, "<f4" if is_real else "<i8", order="C")
        return name


def sizes(*numbers: int) -> Array:
    """Whole numbers as operators take them: sizes, starts, ends, axes."""
    return np.array(numbers, np.int64)


def scalar(value: float) -> Array:
    return np.array(value, np.float32)
