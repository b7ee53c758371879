"""A layer's numbers in words: where its size, parameters, cost and view come from."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from cnn.network.layers import (
    Container,
    Conv2D,
    Conv2DTranspose,
    Convolution,
    SelfAttention2D,
)
from cnn.network.seen import read_pixels
from cnn.network.shapes import Axis, element_count, shape_text
from cnn.network.trace import Row, Trace, params_text
from cnn.numbers import number


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of an explanation: what it is about, the arithmetic, and what to know about it."""

    label: str
    text: str
    note: str = ""


def explain(row: Row, trace: Trace) -> tuple[Fact, ...]:
    """All there is to say about a layer, with its numbers put in."""
    facts = [Fact("Shape", f"{shape_text(row.input_shape)} -> {shape_text(row.output_shape)}")]
    facts += _size_facts(row)
    facts += _cost_facts(row, trace)
    facts += _view_facts(row, trace)
    return tuple(facts)


def _size_facts(row: Row) -> list[Fact]:
    axes = row.axes
    if isinstance(row.layer, Conv2DTranspose):
        return [Fact("Size", row.formula), _windows_fact(row.layer)]
    if axes is None or isinstance(row.layer, Container):
        return [Fact("Size", row.formula)]
    rows, columns = axes
    named = [
        ("Height", rows, "top", "bottom", "row"),
        ("Width", columns, "left", "right", "column"),
    ]
    return [
        Fact(label, axis.formula, _axis_note(axis, first, last, line))
        for label, axis, first, last, line in named
    ]


def _windows_fact(layer: Conv2DTranspose) -> Fact:
    least, most = layer.windows_meeting()
    met = f"{most:,} in each cell" if least == most else f"{least:,} to {most:,} in a cell"
    return Fact("Windows that meet", met, "away from the border; what they put there adds up")


def _axis_note(axis: Axis, first: str, last: str, line: str) -> str:
    notes = []
    if axis.dilation > 1:
        notes.append(
            f"dilation {axis.dilation}: the {axis.kernel} taps span {axis.effective_kernel} pixels"
        )
    if axis.padding:
        notes.append(f"padding {axis.padding} = {axis.before} {first} + {axis.after} {last}")
    if axis.dropped:
        plural = "s" if axis.dropped > 1 else ""
        notes.append(f"{axis.dropped} {line}{plural} at the {last} dropped by the floor")
    elif axis.unused:
        notes.append(f"the floor leaves {axis.unused} of the padding unused, no pixel is lost")
    return "; ".join(notes)


def _cost_facts(row: Row, trace: Trace) -> list[Fact]:
    if isinstance(row.layer, Container):
        inside = trace.within(row.path)
        trainable = sum(one.trainable_params for one in inside)
        params = params_text(sum(one.params for one in inside), trainable, unit="")
        macs = sum(one.macs for one in inside)
        held = f"{len(inside) - 1} layers inside"
        return [Fact("Parameters", params, held), Fact("MACs", f"{macs:,}", held)]
    fixed = row.params - row.trainable_params
    facts = [
        Fact(
            "Parameters",
            row.param_formula,
            f"{fixed:,} of them are moving statistics, not trained" if fixed else "",
        )
    ]
    if isinstance(row.layer, Conv2D):
        facts.append(Fact("Each filter reads", _channels_read(row.layer, row.input_shape[2])))
    if row.macs:
        facts.append(Fact("MACs", row.mac_formula, "multiply-accumulates per image, no bias"))
    if isinstance(row.layer, SelfAttention2D):
        cells, shares = prod(row.input_shape[:2]), row.layer.shares(row.input_shape)
        counted = f"{row.layer.heads} x {cells:,} x {cells:,} = {shares:,}"
        facts.append(Fact("Shares", counted, "of each cell in what each cell gathers, by head"))
    if isinstance(row.layer, Convolution):
        inputs, outputs = element_count(row.input_shape), element_count(row.output_shape)
        dense = inputs * outputs + (outputs if row.layer.use_bias else 0)
        plus = f" + {outputs:,}" if row.layer.use_bias else ""
        facts.append(
            Fact(
                "As a dense layer",
                f"{inputs:,} x {outputs:,}{plus} = {dense:,}",
                f"{_times(dense / row.params)} the parameters, for a map of the same size",
            )
        )
    facts.append(
        Fact(
            "Memory",
            f"{element_count(row.output_shape):,} x 4 = {row.activation_bytes:,} bytes",
            "one image's output in 32-bit floats",
        )
    )
    return facts


def _channels_read(layer: Conv2D, channels: int) -> str:
    if layer.groups > 1:
        return f"{channels // layer.groups:,} of {channels:,} channels, in {layer.groups:,} groups"
    return f"all {channels:,} channels" if channels > 1 else "the one channel"


def _times(ratio: float) -> str:
    return f"{ratio:,.0f} times" if ratio >= 9.5 else f"{number(ratio, 2)} times"


def _view_facts(row: Row, trace: Trace) -> list[Fact]:
    field = row.receptive_field
    height, width = trace.architecture.input[:2]
    if field.jump == (0, 0) and row.sees_all_cells:
        return [Fact("Sees", shape_text(field.size), _of_the_input(row, trace))]
    if field.jump == (0, 0):
        note = "each value is of one cell of the map"
        if len(row.output_shape) == 3:
            note = "by what is repeated for all cells, and each a part of its own"
        return [Fact("Sees", f"{shape_text(field.size)} input pixels", note)]
    beyond = field.size[0] > height or field.size[1] > width
    apart = "x".join(number(step, 3) for step in field.jump)
    note = f"neighbouring cells see fields {apart} pixels apart"
    if any(field.spans):
        note += " on average"
    if any(len({last - first for first, last in spans}) > 1 for spans in field.spans):
        note += ", and some see less"
    if beyond:
        note += f"; larger than the {height}x{width} input, so the border sees padding"
    return [Fact("Sees", f"{shape_text(field.size)} input pixels", note)]


def _of_the_input(row: Row, trace: Trace) -> str:
    """How much of the input makes a difference to outputs that see all cells of a map."""
    pixels, read = prod(trace.architecture.input[:2]), read_pixels(trace, row)
    if read == pixels:
        return "the whole input"
    if read is None:
        return "of the input, at most"
    return f"{read:,} of the {pixels:,} input pixels: windows before it leave out the others"
