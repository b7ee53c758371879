"""Two architectures side by side: which layers are the same, changed, added or gone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from cnn.network.architecture import layer_to_dict
from cnn.network.layers import Layer
from cnn.network.trace import Row, Trace


class Change(StrEnum):
    SAME = "same"
    MOVED_SIZES = "other sizes"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of the comparison: a layer before, the one after, and what changed in words."""

    change: Change
    before: Row | None
    after: Row | None
    words: str = ""


def difference(before: Trace, after: Trace) -> tuple[Pair, ...]:
    """The top-level layers of two traces, matched in order."""
    left = [row for row in before.rows if len(row.path) == 1]
    right = [row for row in after.rows if len(row.path) == 1]
    matcher = SequenceMatcher(
        None,
        [_text(row.layer) for row in left],
        [_text(row.layer) for row in right],
        autojunk=False,
    )
    pairs: list[Pair] = []
    for verb, i1, i2, j1, j2 in matcher.get_opcodes():
        if verb == "equal":
            pairs += [_same(a, b) for a, b in zip(left[i1:i2], right[j1:j2], strict=True)]
        else:
            pairs += _replaced(left[i1:i2], right[j1:j2])
    return tuple(pairs)


def _same(before: Row, after: Row) -> Pair:
    alike = (before.input_shape, before.output_shape) == (after.input_shape, after.output_shape)
    return Pair(Change.SAME if alike else Change.MOVED_SIZES, before, after)


def _replaced(left: list[Row], right: list[Row]) -> list[Pair]:
    """Within a stretch that differs, layers of the same kind are paired; the rest came or went."""
    matcher = SequenceMatcher(
        None, [row.kind for row in left], [row.kind for row in right], autojunk=False
    )
    pairs: list[Pair] = []
    for verb, i1, i2, j1, j2 in matcher.get_opcodes():
        if verb == "equal":
            pairs += [
                Pair(Change.CHANGED, a, b, _words(a.layer, b.layer))
                for a, b in zip(left[i1:i2], right[j1:j2], strict=True)
            ]
        else:
            pairs += [Pair(Change.REMOVED, row, None) for row in left[i1:i2]]
            pairs += [Pair(Change.ADDED, None, row) for row in right[j1:j2]]
    return pairs


def _words(before: Layer, after: Layer) -> str:
    """Which fields changed: `filters 6 -> 16, padding "valid" -> "same"`."""
    left, right = layer_to_dict(before), layer_to_dict(after)
    changed = []
    for name in dict.fromkeys([*left, *right]):
        if left.get(name) == right.get(name):
            continue
        if any(isinstance(side.get(name), list) and name not in _SIZES for side in (left, right)):
            changed.append(f"{name} differs")
        else:
            changed.append(f"{name} {_value(left, name)} -> {_value(right, name)}")
    return ", ".join(changed)


_SIZES = ("kernel_size", "strides", "pool_size", "dilation_rate", "padding")


def _value(layer: dict[str, object], name: str) -> str:
    return json.dumps(layer[name]) if name in layer else "default"


def _text(layer: Layer) -> str:
    return json.dumps(layer_to_dict(layer), sort_keys=True)
