"""Two architectures side by side: which layers are the same, changed, added or gone.

A container that is on both sides and differs is opened, and what it holds is compared the same way.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from cnn.network.architecture import layer_to_dict, layers_to_list
from cnn.network.errors import Path
from cnn.network.layers import Container, Layer, Layers
from cnn.network.trace import Row, Trace


class Change(StrEnum):
    SAME = "same"
    MOVED_SIZES = "other sizes"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of the comparison: a layer before, the one after, and what changed in words.

    A container that is opened leaves its parameters to the lines it is opened into, which follow
    it; any other is counted with all it holds. So the changes of all lines add up.
    """

    change: Change
    before: Row | None
    after: Row | None
    words: str = ""
    params_before: int = 0
    params_after: int = 0
    is_opened: bool = False

    @property
    def params_change(self) -> int:
        return self.params_after - self.params_before

    @property
    def path(self) -> Path:
        """Where the layer stands, or stood."""
        row = self.after or self.before
        assert row is not None
        return row.path


MOST_PAIRS = 400_000
"""Of layers, each of one network with each of another: matching them takes a few seconds then."""


def can_be_matched(before: Trace, after: Trace) -> bool:
    """Whether layers are so few that matching them takes no longer than a click may."""
    return len(before.rows) * len(after.rows) <= MOST_PAIRS


def difference(before: Trace, after: Trace) -> tuple[Pair, ...]:
    """The layers of two whole traces, matched in order."""
    return tuple(_Comparison(before, after).series((), ()))


Pairs = Iterator[Pair]


@dataclass(frozen=True, slots=True)
class _Comparison:
    before: Trace
    after: Trace

    def series(self, left_path: Path, right_path: Path) -> Pairs:
        """The layers of one series each, given by the path before their numbers."""
        left, right = _held(self.before, left_path), _held(self.after, right_path)
        if [row.kind for row in left] == [row.kind for row in right]:
            # No layer came or went: the first of two equal ones was changed, not put in.
            for a, b in zip(left, right, strict=True):
                alike = _text(a.layer) == _text(b.layer)
                yield from self.equal(a, b) if alike else self.changed(a, b)
            return
        texts = [_text(row.layer) for row in left], [_text(row.layer) for row in right]
        for verb, ours, theirs in _stretches(*texts):
            if verb == "equal":
                for a, b in zip(left[ours], right[theirs], strict=True):
                    yield from self.equal(a, b)
            else:
                yield from self.replaced(left[ours], right[theirs])

    def equal(self, before: Row, after: Row) -> Pairs:
        shapes = (before.input_shape, before.output_shape), (after.input_shape, after.output_shape)
        if shapes[0] == shapes[1]:
            yield self.pair(Change.SAME, before, after)
        else:
            yield from self.both(Change.MOVED_SIZES, before, after)

    def changed(self, before: Row, after: Row) -> Pairs:
        return self.both(Change.CHANGED, before, after, _words(before.layer, after.layer))

    def replaced(self, left: Sequence[Row], right: Sequence[Row]) -> Pairs:
        """Within a stretch that differs, layers of the same kind are paired; the rest came or
        went.
        """
        kinds = [row.kind for row in left], [row.kind for row in right]
        for verb, ours, theirs in _stretches(*kinds):
            if verb == "equal":
                for a, b in zip(left[ours], right[theirs], strict=True):
                    yield from self.changed(a, b)
            else:
                yield from (self.pair(Change.REMOVED, row, None) for row in left[ours])
                yield from (self.pair(Change.ADDED, None, row) for row in right[theirs])

    def both(self, change: Change, before: Row, after: Row, words: str = "") -> Pairs:
        """A layer on both sides that differs; of a container, what it holds behind it."""
        if not isinstance(before.layer, Container) or not isinstance(after.layer, Container):
            yield self.pair(change, before, after, words)
            return
        yield Pair(change, before, after, words, before.params, after.params, is_opened=True)
        left = [(before.path + part, layers) for part, layers in before.layer.series()]
        right = [(after.path + part, layers) for part, layers in after.layer.series()]
        texts = [_texts(layers) for _, layers in left], [_texts(layers) for _, layers in right]
        for _, ours, theirs in _stretches(*texts):
            yield from self.beside(
                [path for path, _ in left[ours]], [path for path, _ in right[theirs]]
            )

    def beside(self, left: Sequence[Path], right: Sequence[Path]) -> Pairs:
        """Series that run beside each other, matched in order; the rest came or went."""
        for a, b in zip(left, right, strict=False):
            yield from self.series(a, b)
        for path in left[len(right) :]:
            yield from (self.pair(Change.REMOVED, row, None) for row in _held(self.before, path))
        for path in right[len(left) :]:
            yield from (self.pair(Change.ADDED, None, row) for row in _held(self.after, path))

    def pair(self, change: Change, before: Row | None, after: Row | None, words: str = "") -> Pair:
        counts = _params(self.before, before), _params(self.after, after)
        return Pair(change, before, after, words, *counts)


def _stretches(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[str, slice, slice]]:
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    for verb, i1, i2, j1, j2 in matcher.get_opcodes():
        yield verb, slice(i1, i2), slice(j1, j2)


def _held(trace: Trace, path: Path) -> list[Row]:
    """The rows of one series, without what containers in it hold."""
    return [row for row in trace.within(path) if len(row.path) == len(path) + 1]


def _params(trace: Trace, row: Row | None) -> int:
    """The parameters of a layer and of all it holds."""
    return sum(one.params for one in trace.within(row.path)) if row else 0


def _words(before: Layer, after: Layer) -> str:
    """Which fields changed: `filters 6 -> 16, padding "valid" -> "same"`."""
    left, right = layer_to_dict(before), layer_to_dict(after)
    changed = [
        f"{name} {_value(left, name)} -> {_value(right, name)}"
        for name in dict.fromkeys([*left, *right])
        if left.get(name) != right.get(name) and name not in _HELD
    ]
    return ", ".join(changed) or "in what it holds"


_HELD = ("body", "shortcut", "branches")
"""Fields that hold layers: those are compared one by one."""


def _value(layer: dict[str, object], name: str) -> str:
    return json.dumps(layer[name]) if name in layer else "default"


def _text(layer: Layer) -> str:
    return json.dumps(layer_to_dict(layer), sort_keys=True)


def _texts(layers: Layers) -> str:
    return json.dumps(layers_to_list(layers), sort_keys=True)
