"""Two networks side by side in numbers, all of them the trace's."""

from __future__ import annotations

from dataclasses import dataclass

from cnn.network.layers import Convolution, Dense, Layer
from cnn.network.shapes import shape_text
from cnn.network.trace import Trace
from cnn.numbers import number


@dataclass(frozen=True, slots=True)
class Line:
    """One property of both; `ratio` is the second over the first where both are amounts."""

    what: str
    first: str
    second: str
    ratio: float | None = None


def beside(first: Trace, second: Trace) -> tuple[Line, ...]:
    """Sizes, parameters and where they are, cost, memory, depth, and how far a cell sees."""
    return (
        _words("Input", *(shape_text(one.architecture.input) for one in (first, second))),
        _words("Output", *(shape_text(one.output_shape) for one in (first, second))),
        _amounts("Parameters", first.total_params, second.total_params),
        _amounts("of them trainable", first.trainable_params, second.trainable_params),
        _amounts(
            "of them in convolutions", _held_by(first, Convolution), _held_by(second, Convolution)
        ),
        _amounts("of them in dense layers", _held_by(first, Dense), _held_by(second, Dense)),
        _amounts("MACs for one image", first.total_macs, second.total_macs),
        _amounts("Bytes of activations", first.activation_bytes, second.activation_bytes),
        _amounts("Depth: layers with a kernel", first.depth, second.depth),
        _words(
            "One cell of the last map sees",
            *(shape_text(one.last_map_field) for one in (first, second)),
        ),
    )


def ratio_text(ratio: float | None) -> str:
    """How many times as much, at a glance: `x1.5`, `x0.72`, `1/443`, `none`."""
    if ratio is None:
        return ""
    if ratio == 0:
        return "none"
    if 0 < ratio < 0.1:
        return f"1/{1 / ratio:,.0f}"
    return f"x{number(ratio, 3)}" if ratio < 1_000 else f"x{ratio:,.0f}"


def _held_by(traced: Trace, kind: type[Layer]) -> int:
    return sum(row.params for row in traced.rows if isinstance(row.layer, kind))


def _amounts(what: str, first: int, second: int) -> Line:
    return Line(what, f"{first:,}", f"{second:,}", second / first if first else None)


def _words(what: str, first: str, second: str) -> Line:
    return Line(what, first, second)
