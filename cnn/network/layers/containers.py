"""Layers that hold layers: Residual and Branches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from cnn.network.errors import ArchitectureError, shown
from cnn.network.fields import (
    MAX_BRANCHES,
    MAX_DEPTH,
    Choice,
    Real,
    WrittenAsItIs,
    activation,
    ruled,
)
from cnn.network.layers.base import Layer, rules
from cnn.network.layers.merges import ADD, MERGES
from cnn.network.shapes import Shape, shape_text
from cnn.numbers import exact

Layers = tuple[Layer, ...]

TOO_DEEP = (
    f"layers are nested deeper than {MAX_DEPTH} levels. Put some of them one after the other."
)


@dataclass(frozen=True, slots=True)
class Series(WrittenAsItIs):
    """Layers one after the other; none at all is the identity."""

    wanted = "a list of layers"

    def read(self, value: Any) -> Layers:
        if not isinstance(value, (list, tuple)):
            raise ValueError
        for layer in value:
            if not isinstance(layer, Layer):
                raise ArchitectureError(f"{shown(layer)} is not a layer.")
        return tuple(value)


@dataclass(frozen=True, slots=True)
class Parallel(WrittenAsItIs):
    """Two or more series side by side."""

    wanted = f"a list of 2 to {MAX_BRANCHES} lists of layers"

    def read(self, value: Any) -> tuple[Layers, ...]:
        if not isinstance(value, (list, tuple)) or not 2 <= len(value) <= MAX_BRANCHES:
            raise ValueError
        return tuple(Series().read(branch) for branch in value)


class Container(Layer):
    """A layer that holds series of layers, feeds all the same input, and merges their outputs."""

    __slots__ = ()
    family, shelf = "merge", "Containers"

    merge: str
    """The word of the merge."""
    scale: float = 1.0
    """What the first of its series is multiplied with before they are joined."""

    def check(self) -> None:
        """Refuses what is nested too deep here, so that all that follows layers may recurse."""
        level: list[Layer] = [self]
        for _ in range(MAX_DEPTH + 1):
            held = (
                layer
                for container in level
                if isinstance(container, Container)
                for _, layers in container.series()
                for layer in layers
            )
            level = list({id(layer): layer for layer in held}.values())
            if not level:
                return
        raise ArchitectureError(TOO_DEEP)

    def series(self) -> tuple[tuple[tuple[str | int, ...], Layers], ...]:
        """Each series held, with its part of the path: `("body",)`, `("branches", 0)`."""
        raise NotImplementedError

    def with_series(self, change: Callable[[Layers], Layers]) -> Self:
        """The same with each series held changed."""
        held: dict[str, Any] = {}
        for name, rule in rules(type(self)).items():
            if isinstance(rule, Series):
                held[name] = change(getattr(self, name))
            elif isinstance(rule, Parallel):
                held[name] = tuple(map(change, getattr(self, name)))
        return replace(self, **held)

    def merged_shape(self, shapes: Sequence[Shape]) -> Shape:
        """The shape that the series' outputs have together, or the reason why they have none."""
        return MERGES[self.merge].shape(shapes)

    def merge_formula(self, shapes: Sequence[Shape]) -> str:
        """The merge with the numbers put in."""
        return MERGES[self.merge].formula(shapes, self.merged_shape(shapes))


def changed(layer: Layer, change: Callable[[Layer], Layer]) -> Layer:
    """The layer changed, after all that it holds."""
    if isinstance(layer, Container):
        layer = layer.with_series(lambda held: tuple(changed(one, change) for one in held))
    return change(layer)


@dataclass(frozen=True, slots=True)
class Residual(Container):
    """`activation(scale * body(x) + shortcut(x))`; an empty shortcut is the identity."""

    purpose = "Adds what its body makes of the input to the input itself, or to its projection."
    letters, word = "R", "residual"
    merge = ADD.word
    start: ClassVar[dict[str, Any]] = {"body": [], "activation": "relu"}
    common_fields = ("activation",)

    body: Layers = ruled(Series())
    shortcut: Layers = ruled(Series(), ())
    activation: str | None = activation()
    scale: float = ruled(
        Real(-1e6, 1e6),
        1.0,
        "What the body is multiplied with before the sum; less than 1 keeps it small.",
        "s",
    )

    def series(self) -> tuple[tuple[tuple[str | int, ...], Layers], ...]:
        return (("body",), self.body), (("shortcut",), self.shortcut)

    def merged_shape(self, shapes: Sequence[Shape]) -> Shape:
        body, shortcut = shapes
        if body == shortcut:
            return body
        problem = (
            f"the body gives {shape_text(body)}, the shortcut {shape_text(shortcut)}; "
            "a sum needs equal shapes. "
        )
        raise ArchitectureError(problem + self._remedy(body, shortcut))

    def merge_formula(self, shapes: Sequence[Shape]) -> str:
        formula = Container.merge_formula(self, shapes)
        return formula if self.scale == 1 else f"{exact(self.scale)} times {formula}"

    def _remedy(self, body: Shape, shortcut: Shape) -> str:
        if len(body) != 3 or len(shortcut) != 3:
            return "Let both end as a map, or both as a vector."
        if self.shortcut:
            return "Give both the same filters, strides and padding."
        steps = tuple(-(-shortcut[i] // body[i]) for i in (0, 1))
        reachable = all(-(-shortcut[i] // steps[i]) == body[i] for i in (0, 1))
        if not reachable:
            return 'Use padding="same" in the body, or strides that fit.'
        strides = (
            f", strides={steps[0] if steps[0] == steps[1] else steps}" if max(steps) > 1 else ""
        )
        fitting = f"a Conv2D with kernel_size=1, filters={body[2]}{strides} on the shortcut."
        if strides:
            return f"Put {fitting}"
        channels = f"{shortcut[2]} channel{'s' * (shortcut[2] > 1)}"
        return f"Let the body end with {channels}, or put {fitting}"


def _merge() -> Any:
    *others, last = (f"{merge.hint} ({merge.word})" for merge in MERGES.values())
    hint = f"{', '.join(others)}, or {last}."
    return ruled(Choice(tuple(MERGES)), next(iter(MERGES)), hint[0].upper() + hint[1:])


@dataclass(frozen=True, slots=True)
class Branches(Container):
    """Parallel branches, joined by their merge; an empty one is the identity."""

    purpose = "Sends the input through several branches and joins their outputs."
    letters, word = "B", "branches"
    start: ClassVar[dict[str, Any]] = {"branches": [[], []]}
    common_fields = ("merge",)

    branches: tuple[Layers, ...] = ruled(Parallel())
    merge: str = _merge()

    def series(self) -> tuple[tuple[tuple[str | int, ...], Layers], ...]:
        return tuple((("branches", i), branch) for i, branch in enumerate(self.branches))
